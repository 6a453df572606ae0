package oidc

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/acrhost/acrhost/host/login"
	"github.com/acrhost/acrhost/host/token"
)

// How an answer travels.
const (
	modeQuery    = "query"
	modeFragment = "fragment"
	modeFormPost = "form_post"

	// As a JWT (JARM 2.3). For the code flow jwt means query.jwt, else fragment.jwt.
	modeJWT   = "jwt"
	suffixJWT = ".jwt"
)

// modesOf are those of a response type. What may hold tokens never travels in a query (OAuth
// 2.0 Multiple Response Type Encoding Practices 5, JARM 2.3.1).
func modesOf(responseType string) []string {
	plain := modeQuery
	if holdsTokens(responseType) {
		plain = modeFragment
	}
	return []string{plain, modeFormPost, modeJWT, plain + suffixJWT, modeFormPost + suffixJWT}
}

// responseTime is how long a signed answer is good; JARM 2.1 recommends 10 minutes at
// most. A code that it carries ends sooner.
const responseTime = 5 * time.Minute

// recipient is where and how a client gets its answer: a proven redirect URI.
type recipient struct {
	URI   string `json:"uri"`
	Mode  string `json:"mode"` // query, fragment or form_post
	State string `json:"state,omitzero"`
	JWT   bool   `json:"jwt,omitzero"`
}

// inMode sets how the answer to a response type travels; an empty mode is its default.
func (to *recipient) inMode(mode, responseType string) {
	to.JWT = mode == modeJWT || strings.HasSuffix(mode, suffixJWT)
	switch {
	case strings.HasPrefix(mode, modeFormPost):
		to.Mode = modeFormPost
	case holdsTokens(responseType):
		to.Mode = modeFragment
	default:
		to.Mode = modeQuery
	}
}

// success answers with what was granted, and with a session_state unless that is empty.
func (p *Provider) success(ctx context.Context, c *client, to recipient, values url.Values, sessionState string) (login.Response, error) {
	if sessionState != "" {
		values.Set("session_state", sessionState)
	}
	return p.answer(ctx, c, to, values)
}

// failure answers with an error (RFC 6749 4.1.2.1).
func (p *Provider) failure(ctx context.Context, c *client, to recipient, fault *Error) (login.Response, error) {
	values := url.Values{"error": {fault.Code}}
	if fault.Description != "" {
		values.Set("error_description", fault.Description)
	}
	return p.answer(ctx, c, to, values)
}

// answer adds what every answer has: the state as it was sent, and who answers,
// so that a client of several providers can't mix them up (RFC 9207).
func (p *Provider) answer(ctx context.Context, c *client, to recipient, values url.Values) (login.Response, error) {
	if to.State != "" {
		values.Set("state", to.State)
	}
	values.Set("iss", p.Issuer)
	if to.JWT {
		signed, err := p.signedAnswer(ctx, c, values)
		if err != nil {
			return login.Response{}, err
		}
		values = url.Values{"response": {signed}} // and nothing beside it: JARM 2.3
	}
	return login.Response{URL: to.URI, Params: values, Mode: to.Mode}, nil
}

// answerable says why a client can't be answered, or nil. Whoever is to get its answers encrypted
// gets none without its key: neither a JWT that is only signed, as JARM 2.2 would have it without
// the registration, nor an error that says so, as that is an answer too. So the user sees a page,
// and is asked nothing and grants nothing before it: ID tokens, which nobody can encrypt either,
// cost their client an error at the token endpoint, but there is none to tell it here.
func (c *client) answerable(ctx context.Context, to recipient) error {
	if !to.JWT || c.AuthorizationEncryption.Alg == "" {
		return nil
	}
	if err := c.keys.CanEncrypt(ctx, c.AuthorizationEncryption.Alg); err != nil {
		return fmt.Errorf("client %q can't be answered: %w", c.ID, err)
	}
	return nil
}

// signedAnswer is an answer as a JWT: signed, and then encrypted where the client is registered so
// (JARM 2.2).
func (p *Provider) signedAnswer(ctx context.Context, c *client, values url.Values) (string, error) {
	params := make(map[string]string, len(values))
	for name := range values {
		params[name] = values.Get(name)
	}
	signed, err := p.Keys.MintResponse(c.AuthorizationSignedResponseAlg, token.Response{
		Issuer: p.Issuer, Audience: c.ID, ExpiresAt: p.Now().Add(responseTime), Params: params,
	})
	if err != nil {
		return "", fmt.Errorf("sign the answer: %w", err)
	}
	return c.encrypted(ctx, c.AuthorizationEncryption, signed)
}
