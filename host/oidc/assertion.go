package oidc

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/acrhost/acrhost/host/clientkey"
	"github.com/acrhost/acrhost/host/config"
	"github.com/acrhost/acrhost/host/store"
	"github.com/acrhost/acrhost/host/token"
)

// assertionType is the client_assertion_type of a JWT (RFC 7523 2.2).
const assertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

// Bounds of the times in what clients sign. FAPI 2.0 Security Profile 5.3.2.1 wants a
// time up to 10 s ahead to be taken and one of more than 60 s to be refused.
const (
	clientSkew = 30 * time.Second
	// maxAssertion is how far ahead an assertion may expire: until then its jti is kept.
	maxAssertion = time.Hour
	maxJTI       = 1 << 10 // bytes
)

// jwtClaims are the registered claims (RFC 7519 4.1) of what a client signs.
type jwtClaims struct {
	Issuer    string         `json:"iss"`
	Subject   string         `json:"sub"`
	Audience  token.Audience `json:"aud"`
	ExpiresAt *float64       `json:"exp"`
	NotBefore *float64       `json:"nbf"`
	IssuedAt  *float64       `json:"iat"`
	ID        string         `json:"jti"`
}

// numericDate is a time in seconds, perhaps with a fraction (RFC 7519 2). The zero time
// is none.
func numericDate(n *float64) (time.Time, error) {
	if n == nil {
		return time.Time{}, nil
	}
	if *n < 0 || *n > 1<<40 {
		return time.Time{}, errors.New("a time is not a number of seconds since 1970")
	}
	whole, part := math.Modf(*n)
	return time.Unix(int64(whole), int64(part*1e9)), nil
}

// during checks the times of what a client signed, and gives when it ends; the zero time
// when it does not.
func (c jwtClaims) during(now time.Time) (expires time.Time, err error) {
	expires, err1 := numericDate(c.ExpiresAt)
	begins, err2 := numericDate(c.NotBefore)
	made, err3 := numericDate(c.IssuedAt)
	switch {
	case err1 != nil || err2 != nil || err3 != nil:
		return expires, errors.Join(err1, err2, err3)
	case !expires.IsZero() && !now.Before(expires.Add(clientSkew)):
		return expires, errors.New("it has expired")
	case begins.After(now.Add(clientSkew)):
		return expires, errors.New("nbf is in the future")
	case made.After(now.Add(clientSkew)):
		return expires, errors.New("iat is in the future")
	}
	return expires, nil
}

// checkAssertion is OpenID Connect Core 9 and RFC 7523 3: the client signs with its key
// or its secret that it is itself, for us, now, and once.
func (p *Provider) checkAssertion(ctx context.Context, c *client, raw string, audiences []string) error {
	signed, err := c.verifyAssertion(ctx, raw)
	if err != nil {
		return err
	}
	if signed.Type != "" && !isType(signed.Type, "JWT", "client-authentication+jwt") {
		return fmt.Errorf("its typ is %.50q", signed.Type) // RFC 8725 3.11: it was made for something else
	}
	var claims jwtClaims
	if err := json.Unmarshal(signed.Payload, &claims); err != nil {
		return fmt.Errorf("its claims: %w", err)
	}
	expires, err := claims.during(p.Now())
	switch {
	case err != nil:
		return err
	case claims.Issuer != c.ID || claims.Subject != c.ID:
		return errors.New("iss and sub are not both the client")
	case !slices.ContainsFunc(claims.Audience, func(a string) bool { return slices.Contains(audiences, a) }):
		return fmt.Errorf("aud is %.200q, expected one of %q", claims.Audience, audiences)
	case expires.IsZero() || expires.After(p.Now().Add(maxAssertion)):
		return fmt.Errorf("it has no exp, or one more than %s ahead", maxAssertion)
	case c.fapi() && !isAudience(signed.Payload, p.Issuer):
		return fmt.Errorf("aud is not the issuer %q alone, as one string, which FAPI 2.0 demands", p.Issuer)
	case claims.ID == "" || len(claims.ID) > maxJTI:
		return errors.New("it has no jti, or a huge one")
	}
	return p.firstUse(ctx, c, claims.ID, expires.Add(clientSkew))
}

// verifyAssertion: the kind of key is that of the registered method, and never the
// header's choice: a MAC made with a public key is no proof (RFC 8725 2.1).
func (c *client) verifyAssertion(ctx context.Context, raw string) (clientkey.Signed, error) {
	if c.TokenEndpointAuthMethod == authSecretJWT {
		return clientkey.VerifySecret(raw, c.Secret.Reveal())
	}
	if c.keys == nil {
		return clientkey.Signed{}, errors.New("the client has no keys")
	}
	return c.keys.Verify(ctx, raw, c.algsOr(c.TokenEndpointAuthSigningAlg))
}

// algsOr is the one algorithm that a client is registered for, or all that its profile has.
func (c *client) algsOr(alg string) []string {
	switch {
	case alg != "":
		return []string{alg}
	case c.fapi():
		return config.FAPIAlgs()
	}
	return clientkey.Algs()
}

// firstUse takes an assertion once (RFC 7523 3, 7): its jti is kept until it expires.
func (p *Provider) firstUse(ctx context.Context, c *client, jti string, until time.Time) error {
	_, err := p.Artifacts.Put(ctx, store.Record{
		Kind: store.Assertion, ID: store.Key(c.ID + "\x00" + jti), Data: []byte("{}"), ExpiresAt: until,
	})
	if errors.Is(err, store.ErrConflict) {
		return errors.New("it was used before")
	}
	if err != nil {
		return serverError(fmt.Errorf("keep a client's assertion: %w", err))
	}
	return nil
}
