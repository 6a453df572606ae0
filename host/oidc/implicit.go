package oidc

import (
	"context"
	"errors"
	"net/netip"
	"net/url"
	"slices"
	"strconv"

	"github.com/acrhost/acrhost/host/store"
)

// checkImplicit is what a request for tokens takes beside one for a code (OpenID Connect Core
// 3.2.2.1). It narrows the scope: offline_access means nothing without a code (Core 11).
func checkImplicit(a *authorization) *Error {
	switch asked := a.tokensAsked(); {
	case asked == "":
		return nil
	case !a.has("nonce"):
		return invalidRequest("The parameter nonce is required with this response type.")
	case !slices.Contains(a.scope, scopeOpenID):
		return invalidScope("This response type needs the scope openid.")
	case asked == responseTypeTokens && a.has("dpop_jkt"):
		return invalidRequest("A token that comes with the answer is bound to no key (dpop_jkt).")
	case readByOthers(a.to.URI):
		return invalidRequest("With this response type the redirect_uri must be https, or on the user's own machine.")
	}
	a.scope = slices.DeleteFunc(a.scope, func(scope string) bool { return scope == scopeOffline })
	return nil
}

// readByOthers: http, but to the user's own machine. The configuration has let no other one in
// already; here it would cost the token.
func readByOthers(uri string) bool {
	u, err := url.Parse(uri)
	if err != nil || u.Scheme != "http" {
		return err != nil
	}
	addr, err := netip.ParseAddr(u.Hostname())
	return u.Hostname() != "localhost" && (err != nil || !addr.IsLoopback())
}

// stillGives: while a login lasted, a response type may have been switched off, for the client
// or for all. A code is looked at once more at the token endpoint; tokens are not.
func (p *Provider) stillGives(c *client, tokensAsked string) *Error {
	if tokensAsked == "" || p.hasResponseType(tokensAsked) && c.mayAskFor(tokensAsked) {
		return nil
	}
	return unauthorizedClient().saying("The client may not use this response type.").becausef("the response type %q was switched off", tokensAsked)
}

// tokensNow is what a grant gives in the answer itself (OpenID Connect Core 3.2.2.5): what the
// token endpoint would, but no refresh token, and nothing that is bound to a key. A host that
// dies before the answer is kept leaves tokens that nobody has seen.
func (p *Provider) tokensNow(ctx context.Context, c *client, request pending, g store.Grant) (url.Values, error) {
	r := &redemption{client: c}
	given, err := p.given(r, g)
	if err != nil {
		return nil, err
	}
	var answer tokens
	if request.Tokens == responseTypeTokens {
		answer, err = p.issueWithout(ctx, r, g, g.Scope, given, request.Nonce)
	} else {
		// OpenID Connect Core 5.4: with no token for userinfo, the scope's claims stand here.
		more := given.granted
		more.Wanted.IDToken = slices.Concat(more.Wanted.IDToken, claimsOfScope(g.Scope))
		answer.IDToken, err = p.idToken(ctx, c, g, more, "", request.Nonce, p.Now())
	}
	if err != nil {
		return nil, err
	}
	err = p.stillInForce(ctx, g.ID)
	if ended, ok := errors.AsType[*Error](err); ok {
		return nil, accessDenied().because(ended) // who signed out meanwhile has signed out of this, too
	}
	return answer.values(), err
}

// claimsOfScope are the claims of the user that a scope covers.
func claimsOfScope(scope []string) []string {
	return slices.DeleteFunc(supportedClaims(), func(claim string) bool { return !slices.Contains(scope, ScopeOf(claim)) })
}

// values are tokens as an authorization response has them (RFC 6749 4.2.2, OpenID Connect Core
// 3.2.2.5).
func (t tokens) values() url.Values {
	values := url.Values{"id_token": {t.IDToken}}
	if t.AccessToken == "" {
		return values
	}
	values.Set("access_token", t.AccessToken)
	values.Set("token_type", t.TokenType)
	values.Set("expires_in", strconv.FormatInt(t.ExpiresIn, 10))
	values.Set("scope", t.Scope)
	if len(t.AuthorizationDetails) > 0 {
		values.Set("authorization_details", string(t.AuthorizationDetails))
	}
	return values
}
