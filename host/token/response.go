package token

import (
	"encoding/json"
	"fmt"
	"time"
)

// Response is an authorization response that is signed (JWT Secured Authorization
// Response Mode, JARM, 2.1).
type Response struct {
	Issuer    string
	Audience  string // the client
	ExpiresAt time.Time
	// Params are the parameters that would stand in the address without it. None of them
	// replaces a claim above.
	Params map[string]string
}

// MintResponse signs a response. It has no sub, so that it never passes for an ID token.
func (ks *Keys) MintResponse(alg string, r Response) (string, error) {
	claims := make(map[string]any, len(r.Params)+3)
	for name, value := range r.Params {
		claims[name] = value
	}
	delete(claims, "sub")
	claims["iss"], claims["aud"], claims["exp"] = r.Issuer, r.Audience, r.ExpiresAt.Unix()
	payload, err := json.Marshal(claims)
	if err != nil {
		return "", fmt.Errorf("mint response: %w", err)
	}
	return ks.sign(alg, typeID, payload)
}
