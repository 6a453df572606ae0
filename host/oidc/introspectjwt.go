package oidc

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"strconv"
	"strings"

	"github.com/acrhost/acrhost/host/token"
)

// mediaIntrospection is the media type of an introspection response that is a JWT (RFC 9701 5).
const mediaIntrospection = "application/token-introspection+jwt"

// asksForJWT: RFC 9701 4, it is the header Accept that asks for a JWT, and nothing that the client
// is registered with. The type must be named: who takes */*, or application/*, says nothing of
// JWTs and reads the JSON of RFC 7662. Beside other types it wins, whatever their weights: who
// can check a signature is not talked out of it. What can't be read, or weighs nothing, names
// nothing (RFC 9110 12.4.2, 12.5.1).
func asksForJWT(r *http.Request) bool {
	for _, line := range r.Header.Values("Accept") {
		for item := range strings.SplitSeq(line, ",") {
			if kind, params, err := mime.ParseMediaType(item); err == nil && kind == mediaIntrospection && weighs(params) {
				return true
			}
		}
	}
	return false
}

func weighs(params map[string]string) bool {
	text, ok := params["q"]
	if !ok {
		return true
	}
	q, err := strconv.ParseFloat(text, 64)
	return err == nil && q > 0
}

// introspectionJWT is what a token says as a JWT for who asked: signed, and then encrypted where
// the client is registered so (RFC 9701 5 and 6). It holds the very answer that would be JSON
// otherwise, of a token that is worth nothing no more than that.
func (p *Provider) introspectionJWT(ctx context.Context, c *client, answer introspection) (string, error) {
	text, err := json.Marshal(answer)
	if err != nil {
		return "", fmt.Errorf("write introspection response: %w", err)
	}
	signed, err := p.Keys.MintIntrospection(c.IntrospectionSignedResponseAlg, token.Introspection{
		Issuer: p.Issuer, Audience: c.ID, IssuedAt: p.Now(), Answer: text,
	})
	if err != nil {
		return "", err
	}
	return c.encrypted(ctx, c.IntrospectionEncryption, signed)
}

// unproven: RFC 9701 5 has a 400 for who asks for a JWT and does not authenticate at all. Whose
// proof is wrong gets the 401 of RFC 7662 2.3 and RFC 6749 5.2, and so does whoever asks for JSON:
// many clients send their secret only when a challenge has asked for it.
func unproven(r *http.Request, q params, err error) error {
	fault, ok := errors.AsType[*Error](err)
	if !ok || fault.Code != invalidClient().Code || r.Header.Get("Authorization") != "" || q.has("client_secret") || q.has("client_assertion") {
		return err
	}
	fault.status, fault.scheme = http.StatusBadRequest, ""
	return fault
}
