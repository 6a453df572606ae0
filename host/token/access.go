package token

import (
	stdjson "encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
)

// Access is a JWT access token (RFC 9068 2.2). Times are kept in whole seconds.
type Access struct {
	Issuer   string
	Subject  string
	Audience Audience
	ClientID string
	// GrantID names the grant that the token comes from, so that it ends with it.
	GrantID string
	// ID is the jti. MintAccess makes it.
	ID        string
	Scope     []string
	IssuedAt  time.Time
	ExpiresAt time.Time
	// AuthTime, ACR and AMR are the grant's, in every token that derives from it
	// (RFC 9068 2.2.1). Zero, nil and empty: no claim.
	AuthTime time.Time
	ACR      *string
	AMR      []string
	// Holder is what the token is bound to; zero: whoever has the token may use it.
	Holder Holder
	// Actor is nil for a token that was not exchanged.
	Actor *Actor
	// AuthorizationDetails are what was granted beside the scope, a JSON list (RFC 9396
	// 9.1); nil: no claim.
	AuthorizationDetails stdjson.RawMessage
}

// Holder names the keys of those who may use a token, as its claim cnf does (RFC 7800
// 3.1). With both, both must be shown.
type Holder struct {
	JKT string `json:"jkt,omitempty"`      // thumbprint of a DPoP key (RFC 9449 6.1)
	X5T string `json:"x5t#S256,omitempty"` // of a client's certificate (RFC 8705 3.1)
}

// accessClaims is Access on the wire.
type accessClaims struct {
	Issuer    string   `json:"iss"`
	Subject   string   `json:"sub"`
	Audience  Audience `json:"aud"`
	ClientID  string   `json:"client_id"`
	GrantID   string   `json:"grant_id"`
	ID        string   `json:"jti"`
	Scope     string   `json:"scope,omitempty"`
	IssuedAt  int64    `json:"iat"`
	ExpiresAt int64    `json:"exp"`
	AuthTime  int64    `json:"auth_time,omitempty"`
	ACR       *string  `json:"acr,omitempty"`
	AMR       []string `json:"amr,omitempty"`
	Holder    Holder   `json:"cnf,omitzero"`
	Actor     *Actor   `json:"act,omitempty"`

	AuthorizationDetails stdjson.RawMessage `json:"authorization_details,omitempty"`
}

// Actor is who acts for the subject: the client that exchanged a token for this one, and
// who did so before it (RFC 8693 4.1).
type Actor struct {
	Subject string `json:"sub"`
	Actor   *Actor `json:"act,omitempty"`
}

// AnyAudience has VerifyAccess take a token whoever it is for.
const AnyAudience = ""

// MintAccess signs an access token.
func (ks *Keys) MintAccess(alg string, t Access) (string, error) {
	if err := checkACR(t.ACR); err != nil {
		return "", err
	}
	payload, err := stdjson.Marshal(accessClaims{
		Issuer:    t.Issuer,
		Subject:   t.Subject,
		Audience:  t.Audience,
		ClientID:  t.ClientID,
		GrantID:   t.GrantID,
		ID:        newID(),
		Scope:     strings.Join(t.Scope, " "),
		IssuedAt:  t.IssuedAt.Unix(),
		ExpiresAt: t.ExpiresAt.Unix(),
		AuthTime:  seconds(t.AuthTime),
		ACR:       t.ACR,
		AMR:       t.AMR,
		Holder:    t.Holder,
		Actor:     t.Actor,

		AuthorizationDetails: t.AuthorizationDetails,
	})
	if err != nil {
		return "", fmt.Errorf("mint access token: %w", err)
	}
	return ks.sign(alg, typeAccess, payload)
}

// VerifyAccess checks an access token for one audience (RFC 9068 4) and gives
// what it says. Every fault is ErrInvalid. Whether its grant is still in force
// is the caller's question.
func (ks *Keys) VerifyAccess(raw, issuer, audience string) (Access, error) {
	payload, err := ks.verify(raw, typeAccess, "application/"+typeAccess)
	if err != nil {
		return Access{}, err
	}
	var c accessClaims
	if err := json.Unmarshal(payload, &c); err != nil {
		return Access{}, fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	switch {
	case c.Issuer != issuer:
		return Access{}, fmt.Errorf("%w: wrong issuer", ErrInvalid)
	case audience != AnyAudience && !c.Audience.Has(audience):
		return Access{}, fmt.Errorf("%w: wrong audience", ErrInvalid)
	case !ks.now().Before(time.Unix(c.ExpiresAt, 0)):
		// RFC 7519 4.1.4: not on or after. The clock is the one that issued: no leeway.
		return Access{}, fmt.Errorf("%w: expired", ErrInvalid)
	}
	return c.access(), nil
}

func (c accessClaims) access() Access {
	a := Access{
		Issuer:    c.Issuer,
		Subject:   c.Subject,
		Audience:  c.Audience,
		ClientID:  c.ClientID,
		GrantID:   c.GrantID,
		ID:        c.ID,
		Scope:     strings.Fields(c.Scope),
		IssuedAt:  time.Unix(c.IssuedAt, 0),
		ExpiresAt: time.Unix(c.ExpiresAt, 0),
		ACR:       c.ACR,
		AMR:       c.AMR,
		Holder:    c.Holder,
		Actor:     c.Actor,

		AuthorizationDetails: c.AuthorizationDetails,
	}
	if c.AuthTime != 0 {
		a.AuthTime = time.Unix(c.AuthTime, 0)
	}
	return a
}

// seconds is a NumericDate (RFC 7519 2); 0, which is left out, for no time.
func seconds(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.Unix()
}

// checkACR refuses what can only be a mistake: an acr that says nothing. No
// value at all is no claim; "0" is a value with a meaning and never a default.
func checkACR(acr *string) error {
	if acr != nil && *acr == "" {
		return fmt.Errorf("mint token: empty acr")
	}
	return nil
}
