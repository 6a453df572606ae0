package oidc

import (
	"errors"
	"net/http"
	"net/url"

	"github.com/acrhost/acrhost/host/clientkey"
)

// credentials are what a client proves itself with, and how.
type credentials struct {
	id, secret, assertion, method string
	// literal is the secret of a Basic header as it stood there, before it was decoded.
	literal string
}

// authAssertion stands for both methods with an assertion: which one is meant, the
// client's registration says.
const authAssertion = "client_assertion"

// authenticate finds the client that makes a request and checks that it is the
// one it says it is, in the way that it is registered for (RFC 6749 2.3).
func (p *Provider) authenticate(r *http.Request, q params) (*client, error) {
	claimed, err := readCredentials(r, q)
	if err != nil {
		return nil, err
	}
	c, err := p.client(r.Context(), claimed.id)
	if noClient(err) {
		return nil, invalidClient().becausef("client %.100q: %w", claimed.id, err)
	}
	if err != nil {
		return nil, err
	}
	if c.byCertificate() && claimed.method == authNone {
		return c, proven(r, c, p.checkCertificate(r, c))
	}
	if !c.accepts(claimed.method) {
		return nil, invalidClient().becausef("client %q used %s, is registered for %s", c.ID, claimed.method, c.TokenEndpointAuthMethod)
	}
	return c, proven(r, c, p.proves(r, c, claimed))
}

// proves checks what a client proves itself with.
func (p *Provider) proves(r *http.Request, c *client, claimed credentials) error {
	switch {
	case claimed.method == authNone:
		return p.mayAsk(r, c)
	case c.guessable():
		return p.guessed(r, c, func() error { return p.checkProof(r, c, claimed) })
	}
	return p.checkProof(r, c, claimed)
}

// checkProof checks a secret, or what was signed.
func (p *Provider) checkProof(r *http.Request, c *client, claimed credentials) error {
	if claimed.method == authAssertion {
		err := p.checkAssertion(r.Context(), c, claimed.assertion, p.audiences(r))
		if _, ours := errors.AsType[*Error](err); err == nil || ours {
			return err
		}
		return invalidClient().becausef("assertion of client %q: %w", c.ID, err)
	}
	if !c.knows(claimed.secret) && !c.knows(claimed.literal) {
		return invalidClient().becausef("wrong secret of client %q", c.ID)
	}
	return nil
}

// audiences are the names under which an assertion may mean us: the issuer (FAPI 2.0
// knows no other), the token endpoint (RFC 7523 3) and the endpoint that was asked (RFC
// 9126 2).
func (p *Provider) audiences(r *http.Request) []string {
	known := []string{p.Issuer, p.Issuer + pathToken, p.Issuer + r.URL.Path}
	if p.MTLS.URL != "" {
		known = append(known, p.MTLS.URL+pathToken, p.MTLS.URL+r.URL.Path) // RFC 8705 5: they have two addresses
	}
	return known
}

// readCredentials finds the one way that the client uses. RFC 6749 2.3: not more
// than one in a request.
func readCredentials(r *http.Request, q params) (credentials, error) {
	if name, ok := q.anyRepeated("client_id", "client_secret", "client_assertion", "client_assertion_type"); ok {
		return credentials{}, invalidRequest("The parameter " + name + " was sent more than once.")
	}
	headers := r.Header.Values("Authorization")
	asserts := q.has("client_assertion") || q.has("client_assertion_type")
	switch {
	case len(headers) > 1, len(headers) == 1 && (asserts || q.has("client_secret")), asserts && q.has("client_secret"):
		return credentials{}, invalidRequest("The client used more than one way to authenticate.")
	case asserts:
		return assertedCredentials(q)
	case len(headers) == 0:
		return formCredentials(q)
	}
	found, err := basicCredentials(r)
	if err != nil {
		return credentials{}, invalidClient().because(err)
	}
	if id := q.get("client_id"); id != "" && id != found.id {
		return credentials{}, invalidRequest("The client_id is not that of the Authorization header.")
	}
	return found, nil
}

// assertedCredentials: RFC 7521 4.2. Whose the assertion is, its sub says; that is only
// where to look for the key, which then has to fit.
func assertedCredentials(q params) (credentials, error) {
	raw := q.get("client_assertion")
	if q.get("client_assertion_type") != assertionType || raw == "" {
		return credentials{}, invalidClient().becausef("client_assertion is missing, or client_assertion_type is not %s", assertionType)
	}
	id := clientkey.Peek(raw, "sub")
	if id == "" || q.has("client_id") && q.get("client_id") != id {
		return credentials{}, invalidClient().becausef("the assertion has no sub, or another one than the client_id")
	}
	return credentials{id: id, assertion: raw, method: authAssertion}, nil
}

func formCredentials(q params) (credentials, error) {
	found := credentials{id: q.get("client_id"), secret: q.get("client_secret"), method: authNone}
	if found.id == "" {
		return credentials{}, invalidClient().becausef("no client_id")
	}
	if found.secret != "" {
		found.method = authPost
	}
	return found, nil
}

// basicCredentials: id and secret are form-encoded before they become a header (RFC 6749
// 2.3.1), so that they may hold a colon. Many clients leave that out, so that a secret is
// taken as it stands as well. An empty one proves nothing: it is as good as none (RFC 6749
// 2.3.1), and how some clients name themselves that have no secret.
func basicCredentials(r *http.Request) (credentials, error) {
	user, password, ok := r.BasicAuth()
	if !ok {
		return credentials{}, errors.New("the Authorization header is not Basic")
	}
	id, err := url.QueryUnescape(user)
	if err != nil {
		return credentials{}, errors.New("the client_id is not form-encoded")
	}
	if password == "" {
		return credentials{id: id, method: authNone}, nil
	}
	secret, err := url.QueryUnescape(password)
	if err != nil {
		secret = password
	}
	return credentials{id: id, secret: secret, literal: password, method: authBasic}, nil
}
