package oidc

import (
	"errors"
	"net/http"
	"net/url"

	"github.com/acrhost/acrhost/host/store"
)

// credentials are what a client proves itself with, and how.
type credentials struct {
	id, secret, method string
}

// authenticate finds the client that makes a request and checks that it is the
// one it says it is, in the way that it is registered for (RFC 6749 2.3).
func (p *Provider) authenticate(r *http.Request, q params) (*client, error) {
	claimed, err := readCredentials(r, q)
	if err != nil {
		return nil, err
	}
	c, err := p.client(r.Context(), claimed.id)
	if errors.Is(err, store.ErrNotFound) {
		return nil, invalidClient().becausef("unknown client %.100q", claimed.id)
	}
	if err != nil {
		return nil, err
	}
	if c.byCertificate() && claimed.method == authNone {
		return c, p.checkCertificate(r, c)
	}
	if c.TokenEndpointAuthMethod != claimed.method {
		return nil, invalidClient().becausef("client %q used %s, is registered for %s", c.ID, claimed.method, c.TokenEndpointAuthMethod)
	}
	if !c.public() && !c.knows(claimed.secret) {
		return nil, invalidClient().becausef("wrong secret of client %q", c.ID)
	}
	return c, nil
}

// readCredentials finds the one way that the client uses. RFC 6749 2.3: not more
// than one in a request.
func readCredentials(r *http.Request, q params) (credentials, error) {
	headers := r.Header.Values("Authorization")
	if len(headers) == 0 {
		return formCredentials(q)
	}
	if len(headers) > 1 || q.has("client_secret") {
		return credentials{}, invalidRequest("The client used more than one way to authenticate.")
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

// basicCredentials: id and secret are form-encoded before they become a header
// (RFC 6749 2.3.1), so that they may hold a colon.
func basicCredentials(r *http.Request) (credentials, error) {
	user, password, ok := r.BasicAuth()
	if !ok {
		return credentials{}, errors.New("the Authorization header is not Basic")
	}
	id, err := url.QueryUnescape(user)
	if err != nil {
		return credentials{}, errors.New("the client_id is not form-encoded")
	}
	secret, err := url.QueryUnescape(password)
	if err != nil {
		return credentials{}, errors.New("the client_secret is not form-encoded")
	}
	return credentials{id: id, secret: secret, method: authBasic}, nil
}
