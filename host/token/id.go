package token

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// ID is an ID token (OpenID Connect Core 2). Times are kept in whole seconds.
type ID struct {
	Issuer    string
	Subject   string
	Audience  string // the client
	IssuedAt  time.Time
	ExpiresAt time.Time
	AuthTime  time.Time // zero: no claim
	Nonce     string    // empty: no claim
	SessionID string    // sid, as the client sees it; empty: no claim
	// AccessToken came with this token and is hashed into at_hash; empty: no claim.
	AccessToken string
	ACR         *string // nil: no claim
	AMR         []string
	// Extra are claims beside these. None of them replaces one that the provider
	// itself states: those names are left out.
	Extra map[string]any
}

// idClaims is ID on the wire.
type idClaims struct {
	Issuer     string   `json:"iss"`
	Subject    string   `json:"sub"`
	Audience   string   `json:"aud"`
	ID         string   `json:"jti"`
	IssuedAt   int64    `json:"iat"`
	ExpiresAt  int64    `json:"exp"`
	AuthTime   int64    `json:"auth_time,omitempty"`
	Nonce      string   `json:"nonce,omitempty"`
	SessionID  string   `json:"sid,omitempty"`
	AccessHash string   `json:"at_hash,omitempty"`
	ACR        *string  `json:"acr,omitempty"`
	AMR        []string `json:"amr,omitempty"`
}

// MintID signs an ID token.
func (ks *Keys) MintID(alg string, t ID) (string, error) {
	if err := checkACR(t.ACR); err != nil {
		return "", err
	}
	c := idClaims{
		Issuer:    t.Issuer,
		Subject:   t.Subject,
		Audience:  t.Audience,
		ID:        newID(),
		IssuedAt:  t.IssuedAt.Unix(),
		ExpiresAt: t.ExpiresAt.Unix(),
		AuthTime:  seconds(t.AuthTime),
		Nonce:     t.Nonce,
		SessionID: t.SessionID,
		ACR:       t.ACR,
		AMR:       t.AMR,
	}
	if t.AccessToken != "" {
		c.AccessHash = LeftHash(alg, t.AccessToken)
	}
	payload, err := withExtra(c, t.Extra)
	if err != nil {
		return "", fmt.Errorf("mint ID token: %w", err)
	}
	return ks.sign(alg, typeID, payload)
}

// VerifyHint checks an ID token that came back as id_token_hint and gives its
// subject. An expired one is good: it only says who the client thinks is there
// (OpenID Connect Core 3.1.2.1).
func (ks *Keys) VerifyHint(raw, issuer string) (Hint, error) {
	payload, err := ks.verify(raw, typeID)
	if err != nil {
		return Hint{}, err
	}
	var c idClaims
	if err := json.Unmarshal(payload, &c); err != nil {
		return Hint{}, fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	if c.Issuer != issuer || c.Subject == "" {
		return Hint{}, fmt.Errorf("%w: wrong issuer", ErrInvalid)
	}
	return Hint{Subject: c.Subject, Audience: c.Audience, SessionID: c.SessionID}, nil
}

// Hint is whom an ID token is about, and for whom it was made.
type Hint struct {
	Subject, Audience string
	SessionID         string // sid, as the audience sees it; empty: it had none
}

// withExtra is the JSON object of c with the extra claims behind it.
func withExtra(c idClaims, extra map[string]any) ([]byte, error) {
	payload, err := json.Marshal(c)
	if err != nil {
		return nil, err
	}
	more := make(map[string]any, len(extra))
	for name, value := range extra {
		if !Reserved(name) {
			more[name] = value
		}
	}
	if len(more) == 0 {
		return payload, nil
	}
	tail, err := json.Marshal(more)
	if err != nil {
		return nil, err
	}
	return append(append(payload[:len(payload)-1], ','), tail[1:]...), nil
}

// Reserved says whether a claim is the provider's own statement, which nobody
// else may make: who, for whom, when, how well and by what, and what the token
// is bound to. Case does not count: many JSON readers fold it, Go's among them,
// and would take "ACR" for acr.
func Reserved(claim string) bool {
	for name := range strings.FieldsSeq(reserved) {
		if strings.EqualFold(name, claim) {
			return true
		}
	}
	return false
}

const reserved = `iss sub aud azp exp nbf iat jti auth_time nonce acr amr at_hash c_hash s_hash
	sid client_id scope grant_id cnf act may_act events sub_jwk
	authorization_details`
