package token

import (
	"encoding/json"
	"fmt"
	"time"
)

// typeLogout is the type of logout tokens (OpenID Connect Back-Channel Logout 1.0, 2.4).
const typeLogout = "logout+jwt"

// logoutEvent is the event that a logout token tells of.
const logoutEvent = "http://schemas.openid.net/event/backchannel-logout"

// Logout is a logout token (OpenID Connect Back-Channel Logout 1.0, 2.4). Times are kept in
// whole seconds.
type Logout struct {
	Issuer    string
	Subject   string
	Audience  string // the client
	SessionID string // as the client sees it
	IssuedAt  time.Time
	ExpiresAt time.Time
}

// logoutClaims is Logout on the wire. It has no nonce, so that it never passes for an ID
// token.
type logoutClaims struct {
	Issuer    string              `json:"iss"`
	Subject   string              `json:"sub"`
	Audience  string              `json:"aud"`
	ID        string              `json:"jti"`
	SessionID string              `json:"sid"`
	IssuedAt  int64               `json:"iat"`
	ExpiresAt int64               `json:"exp"`
	Events    map[string]struct{} `json:"events"`
}

// MintLogout signs a logout token.
func (ks *Keys) MintLogout(alg string, l Logout) (string, error) {
	payload, err := json.Marshal(logoutClaims{
		Issuer: l.Issuer, Subject: l.Subject, Audience: l.Audience, ID: newID(), SessionID: l.SessionID,
		IssuedAt: l.IssuedAt.Unix(), ExpiresAt: l.ExpiresAt.Unix(), Events: map[string]struct{}{logoutEvent: {}},
	})
	if err != nil {
		return "", fmt.Errorf("mint logout token: %w", err)
	}
	return ks.sign(alg, typeLogout, payload)
}
