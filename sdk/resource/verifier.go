package resource

import (
	"cmp"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
)

// Config is what a Verifier is built from.
type Config struct {
	// Issuer is the provider's URL; its keys are found by discovery. Required.
	Issuer string
	// Audience is this resource server's name in the tokens' aud; empty: the issuer,
	// which is what a provider writes that was asked for no resource.
	Audience string
	// Client makes the requests to the provider; nil: one that gives up after 10 seconds.
	Client *http.Client
	// Now is the clock; nil: time.Now.
	Now func() time.Time
}

// Verifier checks access tokens. It is safe for concurrent use.
type Verifier struct {
	verifier *oidc.IDTokenVerifier
	now      func() time.Time
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
	return &Verifier{now: c.Now, verifier: provider.Verifier(&oidc.Config{
		ClientID: cmp.Or(c.Audience, c.Issuer), Now: c.Now,
		// Asymmetric ones only: nobody but the provider can sign.
		SupportedSigningAlgs: []string{oidc.RS256, oidc.PS256, oidc.ES256, oidc.EdDSA},
	})}, nil
}

// Verify checks an access token as RFC 9068 4 asks: type, signature, issuer, audience
// and expiry. Every fault is ErrInvalid.
func (v *Verifier) Verify(ctx context.Context, raw string) (Token, error) {
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
	}
	t := Token{Subject: checked.Subject, Expires: checked.Expiry}
	if err := errors.Join(checked.Claims(&c), checked.Claims(&t.Claims)); err != nil {
		return Token{}, fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	t.ClientID, t.Scope, t.ACR, t.AMR = c.ClientID, strings.Fields(c.Scope), c.ACR, c.AMR
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
