package token

import (
	"encoding/json"
	"fmt"
	"time"
)

// typeIntrospection is the type of introspection responses (RFC 9701 5). It is in the header of
// what is signed, also where that is encrypted afterwards (RFC 8725 3.11).
const typeIntrospection = "token-introspection+jwt"

// Introspection is an introspection response that is signed (RFC 9701 5). Times are kept in
// whole seconds.
type Introspection struct {
	Issuer   string
	Audience string // who asked
	IssuedAt time.Time
	Answer   json.RawMessage // what the token says, a JSON object (RFC 7662 2.2)
}

// introspectionClaims is Introspection on the wire. It has neither sub nor exp, so that it never
// passes for a token (RFC 9701 5 and 8.1): those of the token are within the answer.
type introspectionClaims struct {
	Issuer   string          `json:"iss"`
	Audience string          `json:"aud"`
	IssuedAt int64           `json:"iat"`
	Answer   json.RawMessage `json:"token_introspection"`
}

// MintIntrospection signs an introspection response.
func (ks *Keys) MintIntrospection(alg string, i Introspection) (string, error) {
	payload, err := json.Marshal(introspectionClaims{Issuer: i.Issuer, Audience: i.Audience, IssuedAt: i.IssuedAt.Unix(), Answer: i.Answer})
	if err != nil {
		return "", fmt.Errorf("mint introspection response: %w", err)
	}
	return ks.sign(alg, typeIntrospection, payload)
}
