package oidc

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/acrhost/acrhost/host/clientkey"
	"github.com/acrhost/acrhost/host/decrypt"
)

// maxObjectTime is how long a request object may be good, where its client must sign
// (FAPI 2.0 Message Signing 5.3.1: at most 60 minutes after nbf).
const maxObjectTime = time.Hour

// requestObject reads an authorization request that the client signed (RFC 9101 6, OpenID
// Connect Core 6). What it says is all that counts: whoever can change the address can
// add nothing to it (RFC 9101 6.3).
func (p *Provider) requestObject(ctx context.Context, c *client, raw string) (request, error) {
	if c.keys == nil {
		return request{}, requestNotSupported()
	}
	// RFC 9101 6.1: decrypted first. Where nothing can be, Verify says that it is not signed.
	if p.Decrypt != nil && decrypt.Is(raw) {
		opened, err := p.Decrypt.Open(raw, c.RequestObjectEncryption)
		if err != nil {
			return request{}, invalidRequestObject().because(err)
		}
		raw = opened
	}
	if isUnsigned(raw) && !c.promisesSignatures() {
		return request{}, requestNotSupported()
	}
	signed, err := c.keys.Verify(ctx, raw, c.algsOr(c.RequestObjectSigningAlg))
	if err != nil {
		return request{}, invalidRequestObject().because(err)
	}
	// RFC 9101 10.8: nothing that was signed for another end.
	if signed.Type != "" && !isType(signed.Type, "JWT", "oauth-authz-req+jwt") {
		return request{}, invalidRequestObject().becausef("its typ is %.50q", signed.Type)
	}
	var claims jwtClaims
	var members map[string]jsontext.Value
	// This reader refuses members that stand there twice: two readers could each take
	// another one.
	if err := errors.Join(json.Unmarshal(signed.Payload, &members), json.Unmarshal(signed.Payload, &claims)); err != nil {
		return request{}, invalidRequestObject().because(err)
	}
	if members == nil {
		return request{}, invalidRequestObject().becausef("it is null")
	}
	if err := p.checkObject(c, claims); err != nil {
		return request{}, invalidRequestObject().because(err)
	}
	values, err := parameters(members)
	if err != nil {
		return request{}, invalidRequestObject().because(err)
	}
	if id := values.Get("client_id"); id != c.ID && (id != "" || c.RequireSignedRequestObject) {
		return request{}, invalidRequestObject().becausef("its client_id is %.100q", id) // RFC 9101 6.3
	}
	values.Set("client_id", c.ID)
	return request{params: params{values}, signed: true}, nil
}

// isUnsigned says whether an object says of itself that nobody signed it (RFC 7518 3.6).
// None is ever taken; who sent one to a provider that has no use for it is told that it is
// not supported (OpenID Connect Core 3.1.2.6).
func isUnsigned(raw string) bool {
	head, _, _ := strings.Cut(raw, ".")
	text, err := base64.RawURLEncoding.DecodeString(head)
	var header struct {
		Alg string `json:"alg"`
	}
	return err == nil && json.Unmarshal(text, &header) == nil && header.Alg == "none"
}

// promisesSignatures: the client's unsigned object is not one that isn't supported, but a
// forgery (RFC 9101 10.5).
func (c *client) promisesSignatures() bool {
	return c.RequireSignedRequestObject || c.RequestObjectSigningAlg != "" || c.fapi()
}

// checkObject holds the registered claims to what they say. OpenID Connect Core 6.1 asks
// for none of them; of a client that must sign, all are demanded (FAPI 2.0 Message Signing
// 5.3.1), so that a request that was seen is of no use for long.
func (p *Provider) checkObject(c *client, claims jwtClaims) error {
	expires, err := claims.during(p.Now())
	begins, _ := numericDate(claims.NotBefore) // during has looked at it
	must := c.RequireSignedRequestObject
	switch {
	case err != nil:
		return err
	case claims.Issuer != c.ID && (claims.Issuer != "" || must):
		return fmt.Errorf("its iss is %.100q", claims.Issuer)
	case !slices.Contains(claims.Audience, p.Issuer) && (len(claims.Audience) > 0 || must):
		return fmt.Errorf("its aud is %.200q, expected %q", claims.Audience, p.Issuer)
	case claims.Subject == c.ID:
		return errors.New("its sub is the client: it looks like an assertion (RFC 9101 10.8)")
	case must && (expires.IsZero() || begins.IsZero()):
		return errors.New("it has no exp, or no nbf")
	case must && (expires.Sub(begins) > maxObjectTime || p.Now().Sub(begins) > maxObjectTime):
		return fmt.Errorf("it is good for more than %s", maxObjectTime)
	}
	return nil
}

// parameters are the members of a request object as they would stand in a query (RFC 9101
// 4): text as it is, resource one by one, everything else as JSON.
func parameters(members map[string]jsontext.Value) (url.Values, error) {
	values := url.Values{}
	for name, value := range members {
		switch name {
		case "iss", "aud", "exp", "nbf", "iat", "jti", "sub":
			continue // about the object itself
		case "request", "request_uri":
			return nil, fmt.Errorf("it holds %s", name) // RFC 9101 4
		}
		texts, err := parameter(name, value)
		if err != nil {
			return nil, fmt.Errorf("its member %.50q: %w", name, err)
		}
		if texts != nil {
			values[name] = texts
		}
	}
	return values, nil
}

func parameter(name string, value jsontext.Value) ([]string, error) {
	switch value.Kind() {
	case 'n':
		return nil, nil
	case '"':
		var text string
		err := json.Unmarshal(value, &text)
		return []string{text}, err
	case '[':
		if name == "resource" { // RFC 8707 2: one or several
			var texts []string
			err := json.Unmarshal(value, &texts)
			return texts, err
		}
	}
	return []string{string(value)}, nil
}

// fetchObject gets a request object from where the client keeps it (OpenID Connect Core
// 6.2, RFC 9101 5.2). Only a registered address is ever asked: the parameter chooses, it
// does not lead anywhere (RFC 9101 10.4).
func (p *Provider) fetchObject(ctx context.Context, c *client, uri string) (string, error) {
	if len(c.RequestURIs) == 0 {
		return "", requestURINotSupported()
	}
	if !c.keepsRequestsAt(uri) {
		return "", invalidRequestURI().becausef("request_uri %.200q is not registered", uri)
	}
	address, fragment, hashed := strings.Cut(uri, "#")
	limit := clientkey.MaxSigned
	if p.Decrypt != nil {
		limit = decrypt.MaxEncrypted
	}
	text, err := p.fetcherOf(c).Get(ctx, address, limit)
	if err != nil {
		return "", invalidRequestURI().because(err)
	}
	// The hash says which version of the document is meant (OpenID Connect Core 6.2). One
	// that stands in the registration is but a part of the address: a client may register
	// before it knows what it will ask, and what is there is signed.
	if hashed && !slices.Contains(c.RequestURIs, uri) && !isHashOf(fragment, text) {
		return "", invalidRequestURI().becausef("what is at request_uri is not what its fragment is the hash of")
	}
	return strings.TrimSpace(string(text)), nil
}

// keepsRequestsAt says whether an address is registered: to the letter, or but for a hash
// where the registered one has none (OpenID Connect Core 6.2).
func (c *client) keepsRequestsAt(uri string) bool {
	address, _, _ := strings.Cut(uri, "#")
	return slices.Contains(c.RequestURIs, uri) || slices.Contains(c.RequestURIs, address)
}

// isHashOf: the fragment is the base64url SHA-256 of what is there (OpenID Connect Core
// 6.2), with or without padding.
func isHashOf(fragment string, text []byte) bool {
	sum := sha256.Sum256(text)
	want := base64.RawURLEncoding.EncodeToString(sum[:])
	return subtle.ConstantTimeCompare([]byte(strings.TrimRight(fragment, "=")), []byte(want)) == 1
}

// checkSigned: RFC 9101 10.5, no way back to a request that anybody can make.
func checkSigned(a *authorization) *Error {
	if a.client.RequireSignedRequestObject && !a.signed {
		return invalidRequest("This client must sign its requests.")
	}
	return nil
}
