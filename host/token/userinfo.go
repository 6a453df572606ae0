package token

import (
	"encoding/json"
	"fmt"
)

// MintUserinfo signs an answer of the userinfo endpoint (OpenID Connect Core 5.3.2). It
// has no type in its header, so that it never passes for an ID token here, nor anywhere
// that asks for the types of access tokens and logout tokens.
func (ks *Keys) MintUserinfo(alg string, claims map[string]any) (string, error) {
	payload, err := json.Marshal(claims)
	if err != nil {
		return "", fmt.Errorf("mint userinfo: %w", err)
	}
	return ks.sign(alg, "", payload)
}
