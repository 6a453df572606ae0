package oidc

import (
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
	modeFormPost = "form_post"

	// As a JWT (JARM 2.3). For the code flow jwt means query.jwt.
	modeJWT   = "jwt"
	suffixJWT = ".jwt"
)

func supportedModes() []string {
	return []string{modeQuery, modeFormPost, modeJWT, modeQuery + suffixJWT, modeFormPost + suffixJWT}
}

// responseTime is how long a signed answer is good; JARM 2.1 recommends 10 minutes at
// most. What it carries is a code, which ends sooner.
const responseTime = 5 * time.Minute

// recipient is where and how a client gets its answer: a proven redirect URI.
type recipient struct {
	URI   string `json:"uri"`
	Mode  string `json:"mode"` // query or form_post
	State string `json:"state,omitzero"`
	JWT   bool   `json:"jwt,omitzero"`
}

// inMode sets how the answer travels.
func (to *recipient) inMode(mode string) {
	to.JWT = mode == modeJWT || strings.HasSuffix(mode, suffixJWT)
	to.Mode = modeQuery
	if strings.HasPrefix(mode, modeFormPost) {
		to.Mode = modeFormPost
	}
}

// success answers with a code, and with a session_state unless that is empty.
func (p *Provider) success(c *client, to recipient, code, sessionState string) (login.Response, error) {
	values := url.Values{"code": {code}}
	if sessionState != "" {
		values.Set("session_state", sessionState)
	}
	return p.answer(c, to, values)
}

// failure answers with an error (RFC 6749 4.1.2.1).
func (p *Provider) failure(c *client, to recipient, fault *Error) (login.Response, error) {
	values := url.Values{"error": {fault.Code}}
	if fault.Description != "" {
		values.Set("error_description", fault.Description)
	}
	return p.answer(c, to, values)
}

// answer adds what every answer has: the state as it was sent, and who answers,
// so that a client of several providers can't mix them up (RFC 9207).
func (p *Provider) answer(c *client, to recipient, values url.Values) (login.Response, error) {
	if to.State != "" {
		values.Set("state", to.State)
	}
	values.Set("iss", p.Issuer)
	if to.JWT {
		signed, err := p.signedAnswer(c, values)
		if err != nil {
			return login.Response{}, err
		}
		values = url.Values{"response": {signed}} // and nothing beside it: JARM 2.3
	}
	return login.Response{URL: to.URI, Params: values, Mode: to.Mode}, nil
}

func (p *Provider) signedAnswer(c *client, values url.Values) (string, error) {
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
	return signed, nil
}
