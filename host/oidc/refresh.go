package oidc

import (
	"context"
	"fmt"
	"slices"

	"github.com/acrhost/acrhost/host/store"
)

// redeemRefresh is RFC 6749 6. A refresh token works once and is followed by
// another; all of them belong to the grant, and the second use of any ends it
// (RFC 9700 4.14.2). There is no time in which the old one still works: a client
// that lost the answer signs in again.
func (p *Provider) redeemRefresh(ctx context.Context, r *redemption) (tokens, error) {
	secret, c := r.get("refresh_token"), r.client
	if secret == "" {
		return tokens{}, invalidRequest("The parameter refresh_token is missing.")
	}
	v, err := p.find(ctx, r.client, store.Refresh, secret)
	if err != nil {
		return tokens{}, err
	}
	if v.grant.ClientID != c.ID {
		// RFC 6749 10.4: bound to the client. Another one can but have stolen it.
		cause := fmt.Errorf("client %q tried a refresh token of client %q", c.ID, v.grant.ClientID)
		return tokens{}, p.misused(ctx, v.grant.ID, cause)
	}
	scope, err := narrow(v.grant.Scope, r.get("scope"))
	if err != nil {
		return tokens{}, err
	}
	given, err := p.given(r, v.grant)
	if err != nil {
		return tokens{}, err
	}
	if fault := p.mayHaveGrant(ctx, v.grant.UserID); fault != nil {
		return tokens{}, refuseGrant(fault)
	}
	if err := mayRefresh(r, v); err != nil {
		return tokens{}, err
	}
	if err := p.takeProof(ctx, r.proof); err != nil {
		return tokens{}, err
	}
	if c.fapi() {
		return p.again(ctx, r, v.grant, scope, given, secret)
	}
	if err := p.spend(ctx, r, v); err != nil {
		return tokens{}, err
	}
	// OpenID Connect Core 12.2: a refreshed ID token should have no nonce.
	return p.issue(ctx, r, v.grant, scope, given, "")
}

// again is a refresh without another refresh token: FAPI 2.0 Security Profile 5.3.2.1 does
// not want them to rotate. Its clients prove themselves each time by a key, so that a stolen
// token is of no use; and a lost answer does not cost them the grant.
func (p *Provider) again(ctx context.Context, r *redemption, g store.Grant, scope []string, given given, secret string) (tokens, error) {
	answer, err := p.issueWithout(ctx, r, g, scope, given, "")
	if err == nil {
		answer.RefreshToken = secret
		err = p.stillInForce(ctx, g.ID)
	}
	return answer, err
}

// refuseGrant says in the token endpoint's words that the user is no longer
// welcome; a fault of the host stays one.
func refuseGrant(fault *Error) *Error {
	if fault.Code == accessDenied().Code {
		return invalidGrant().because(fault)
	}
	return fault
}

// narrow is the scope of one refreshed access token: what the client asks for, when
// the grant has it all, or the whole. The grant itself keeps its scope.
func narrow(granted []string, asked string) ([]string, error) {
	if asked == "" {
		return granted, nil
	}
	want := spaced(asked)
	if len(want) == 0 {
		return nil, invalidScope("The scope is malformed: it names nothing.") // RFC 6749 3.3
	}
	var scope []string
	for _, s := range granted {
		if slices.Contains(want, s) {
			scope = append(scope, s)
		}
	}
	for _, s := range want {
		if !slices.Contains(granted, s) {
			return nil, invalidScope("The scope goes beyond what was granted.")
		}
	}
	return scope, nil
}
