package oidc

import (
	"net/url"

	"github.com/acrhost/acrhost/host/login"
)

// How an answer travels.
const (
	modeQuery    = "query"
	modeFormPost = "form_post"
)

// recipient is where and how a client gets its answer: a proven redirect URI.
type recipient struct {
	URI   string `json:"uri"`
	Mode  string `json:"mode"`
	State string `json:"state,omitzero"`
}

// success answers with a code.
func (p *Provider) success(to recipient, code string) login.Response {
	return p.answer(to, url.Values{"code": {code}})
}

// failure answers with an error (RFC 6749 4.1.2.1).
func (p *Provider) failure(to recipient, fault *Error) login.Response {
	values := url.Values{"error": {fault.Code}}
	if fault.Description != "" {
		values.Set("error_description", fault.Description)
	}
	return p.answer(to, values)
}

// answer adds what every answer has: the state as it was sent, and who answers,
// so that a client of several providers can't mix them up (RFC 9207).
func (p *Provider) answer(to recipient, values url.Values) login.Response {
	if to.State != "" {
		values.Set("state", to.State)
	}
	values.Set("iss", p.Issuer)
	return login.Response{URL: to.URI, Params: values, Mode: to.Mode}
}
