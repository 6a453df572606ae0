package resource

import (
	"cmp"
	"context"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"

	"github.com/acrhost/acrhost/sdk/dpop"
)

// Config is what a Verifier is built from.
type Config struct {
	// Issuer is the provider's URL; its keys are found by discovery. Required.
	Issuer string
	// Audience is this resource server's name in the tokens' aud; empty: the issuer,
	// which is what a provider writes that was asked for no resource.
	Audience string
	// URL is this server's own, as clients name it: scheme, host and what a proxy takes off
	// the path. Proofs of possession (DPoP, RFC 9449) are held against it; empty: tokens
	// that are bound to a key are refused.
	URL string
	// First says whether a proof comes for the first time. Nil: this process remembers the
	// last 100,000, which is enough for one; several share what they have seen by it.
	First func(ctx context.Context, p dpop.Proof) (bool, error)
	// Certificate is the one that a request's client proved to hold, for tokens bound to
	// one (RFC 8705 3). Nil: that of its TLS connection. Behind a proxy that ends TLS it is
	// what that proxy says, and only that one.
	Certificate func(r *http.Request) *x509.Certificate
	// Client makes the requests to the provider; nil: one that gives up after 10 seconds.
	Client *http.Client
	// Now is the clock; nil: time.Now.
	Now func() time.Time
}

// Verifier checks access tokens. It is safe for concurrent use.
type Verifier struct {
	config   Config
	verifier *oidc.IDTokenVerifier
}

// Token is what a checked access token says.
type Token struct {
	Subject  string
	ClientID string
	Scope    []string
	// ACR is how well the user was authenticated, nil when the token does not say.
	ACR *string
	AMR []string
	// AuthTime is when the user was authenticated, zero when the token does not say.
	AuthTime time.Time
	Expires  time.Time
	// Claims are all claims, decoded.
	Claims map[string]any

	holder *holder // nil: whoever has the token may use it
}

// ErrInvalid is what every fault of a token is.
var ErrInvalid = errors.New("invalid access token")

// New reads the provider's discovery document. Its keys are fetched when they are
// needed, and again when a token names one that is not known yet.
func New(ctx context.Context, c Config) (*Verifier, error) {
	if c.Client == nil {
		c.Client = &http.Client{Timeout: 10 * time.Second}
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	provider, err := oidc.NewProvider(oidc.ClientContext(ctx, c.Client), c.Issuer)
	if err != nil {
		return nil, fmt.Errorf("discover %s: %w", c.Issuer, err)
	}
	if c.First == nil {
		seen := dpop.NewSeen(seenProofs)
		c.First = func(_ context.Context, p dpop.Proof) (bool, error) { return seen.First(p, c.Now()), nil }
	}
	if c.Certificate == nil {
		c.Certificate = ofConnection
	}
	return &Verifier{config: c, verifier: provider.Verifier(&oidc.Config{
		ClientID: cmp.Or(c.Audience, c.Issuer), Now: c.Now,
		// Asymmetric ones only: nobody but the provider can sign.
		SupportedSigningAlgs: []string{oidc.RS256, oidc.PS256, oidc.ES256, oidc.EdDSA},
	})}, nil
}

// Verify checks a bearer token as RFC 9068 4 asks: type, signature, issuer, audience
// and expiry. One that is bound to a key is refused, as whoever shows it must prove that
// they hold the key: VerifyRequest sees to that. Every fault is ErrInvalid.
func (v *Verifier) Verify(ctx context.Context, raw string) (Token, error) {
	t, err := v.verify(ctx, raw)
	if err == nil && t.Claims["cnf"] != nil {
		return Token{}, fmt.Errorf("%w: it is bound to a key", ErrInvalid)
	}
	return t, err
}

func (v *Verifier) verify(ctx context.Context, raw string) (Token, error) {
	if err := checkType(raw); err != nil {
		return Token{}, fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	checked, err := v.verifier.Verify(ctx, raw)
	if err != nil {
		return Token{}, fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	var c struct {
		ClientID string   `json:"client_id"`
		Scope    string   `json:"scope"`
		ACR      *string  `json:"acr"`
		AMR      []string `json:"amr"`
		AuthTime int64    `json:"auth_time"`
		Holder   *holder  `json:"cnf"`
	}
	t := Token{Subject: checked.Subject, Expires: checked.Expiry}
	if err := errors.Join(checked.Claims(&c), checked.Claims(&t.Claims)); err != nil {
		return Token{}, fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	t.ClientID, t.Scope, t.ACR, t.AMR = c.ClientID, strings.Fields(c.Scope), c.ACR, c.AMR
	t.holder = c.Holder
	if c.AuthTime > 0 {
		t.AuthTime = time.Unix(c.AuthTime, 0)
	}
	return t, nil
}

// checkType: an ID token of the same provider is signed by the same keys and says acr
// too; its type tells it apart (RFC 9068 2.1 and 5).
func checkType(raw string) error {
	head, _, _ := strings.Cut(raw, ".")
	text, err := base64.RawURLEncoding.DecodeString(head)
	if err != nil {
		return errors.New("not a JWT")
	}
	var header struct {
		Type string `json:"typ"`
	}
	if json.Unmarshal(text, &header) != nil {
		return errors.New("not a JWT")
	}
	if !slices.Contains([]string{"at+jwt", "application/at+jwt"}, strings.ToLower(header.Type)) {
		return errors.New("not an access token")
	}
	return nil
}
