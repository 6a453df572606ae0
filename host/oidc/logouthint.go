package oidc

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/acrhost/acrhost/host/token"
)

// The parameter by which an id_token_hint reaches the GET that has the session's cookie, see
// logoutAgain, and how long it is good: that is one redirect away.
const (
	hintField = "_hint"
	hintKind  = "logout hint"
	hintTime  = pushedTime
)

// carriedHint is what an ID token said that came as id_token_hint.
type carriedHint struct {
	Hint  token.Hint `json:"hint"`
	Until time.Time  `json:"until"`
}

// carry seals what an id_token_hint said. The ID token, which the client kept out of the
// address, stays out of it; what stands there tells nobody anything, and soon is nothing.
func (p *Provider) carry(h token.Hint) (string, error) {
	text, err := json.Marshal(carriedHint{Hint: h, Until: p.Now().Add(hintTime)})
	if err != nil {
		return "", fmt.Errorf("carry an id_token_hint: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(p.Sealer.Seal(hintKind, "", text)), nil
}

// hinted is what the id_token_hint says, sent now or carried; the zero value without one.
func (p *Provider) hinted(q params) (token.Hint, error) {
	if raw := q.get("id_token_hint"); raw != "" {
		return p.Keys.VerifyHint(raw, p.Issuer)
	}
	if !q.has(hintField) {
		return token.Hint{}, nil
	}
	sealed, err := base64.RawURLEncoding.DecodeString(q.get(hintField))
	if err != nil {
		return token.Hint{}, err
	}
	text, err := p.Sealer.Open(hintKind, "", sealed)
	if err != nil {
		return token.Hint{}, err
	}
	var carried carriedHint
	if err := json.Unmarshal(text, &carried); err != nil {
		return token.Hint{}, err
	}
	if p.Now().After(carried.Until) {
		return token.Hint{}, errors.New("it was carried for too long")
	}
	return carried.Hint, nil
}
