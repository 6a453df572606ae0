package upstream

import (
	"context"
	"crypto/rand"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// Ask is what a login there is asked for.
type Ask struct {
	ACRValues []string // passed on only where the configuration says so, as LoginHint
	Prompt    string   // none, or some of login, consent, select_account
	MaxAge    *int64   // seconds; nil: none
	LoginHint string
}

// Pending is a login that was begun. It holds secrets: keep it sealed.
type Pending struct {
	Provider string    `json:"provider"`
	Issuer   string    `json:"issuer"`
	State    string    `json:"state"`
	Nonce    string    `json:"nonce"`
	Verifier string    `json:"verifier"` // RFC 7636
	Began    time.Time `json:"began"`
	// MustBeNew and MaxAge say what is held against the time of the login there.
	MustBeNew bool   `json:"must_be_new,omitzero"`
	MaxAge    *int64 `json:"max_age,omitzero"`
}

// ErrAsk is an Ask that can't be made.
var ErrAsk = errors.New("not a request that can be made")

// The bounds of an Ask.
const (
	maxACRValues = 32
	maxValue     = 1 << 10
)

// Begin gives the URL to which the browser goes, and what to keep until it is back.
func (p *Provider) Begin(ctx context.Context, ask Ask) (address string, _ *Pending, err error) {
	if err := ask.check(); err != nil {
		return "", nil, err
	}
	f, err := p.discover(ctx)
	if err != nil {
		return "", nil, err
	}
	pending := &Pending{
		Provider: p.Name, Issuer: p.Issuer, Began: p.now().UTC(), MaxAge: ask.MaxAge,
		State: rand.Text(), Nonce: rand.Text(), Verifier: oauth2.GenerateVerifier(),
		MustBeNew: slices.Contains(strings.Fields(ask.Prompt), "login"),
	}
	return p.oauth(f).AuthCodeURL(pending.State, p.parameters(f, ask, pending)...), pending, nil
}

func (p *Provider) parameters(f *found, ask Ask, pending *Pending) []oauth2.AuthCodeOption {
	options := []oauth2.AuthCodeOption{oidc.Nonce(pending.Nonce), oauth2.S256ChallengeOption(pending.Verifier)}
	add := func(name, value string) {
		if value != "" {
			options = append(options, oauth2.SetAuthURLParam(name, value))
		}
	}
	if p.PassACRValues {
		add("acr_values", strings.Join(f.known(sendable(ask.ACRValues)), " "))
	}
	if p.PassLoginHint && len(ask.LoginHint) <= maxValue {
		add("login_hint", ask.LoginHint)
	}
	add("prompt", ask.Prompt)
	switch {
	case ask.MaxAge != nil:
		add("max_age", strconv.FormatInt(*ask.MaxAge, 10))
	case pending.MustBeNew:
		add("max_age", "0") // so that the ID token says when the login was (OpenID Connect Core 2)
	}
	return options
}

// known are the values that the provider says it knows (OpenID Connect Discovery 3:
// acr_values_supported); all of them when it says nothing.
func (f *found) known(values []string) []string {
	if f.acrValues == nil {
		return values
	}
	return slices.DeleteFunc(values, func(v string) bool { return !slices.Contains(f.acrValues, v) })
}

// sendable are the values that acr_values can hold. The others are what this login's own
// client asked for here: a wish that can't be passed on stops nobody.
func sendable(values []string) []string {
	values = slices.DeleteFunc(slices.Clone(values), func(value string) bool {
		return value == "" || len(value) > maxValue || strings.ContainsFunc(value, func(r rune) bool { return r <= ' ' || r == 0x7f })
	})
	return values[:min(len(values), maxACRValues)]
}

func (a Ask) check() error {
	prompts := strings.Fields(a.Prompt)
	for _, prompt := range prompts {
		if !slices.Contains([]string{"none", "login", "consent", "select_account"}, prompt) || prompt == "none" && len(prompts) > 1 {
			return ErrAsk
		}
	}
	if a.MaxAge != nil && *a.MaxAge < 0 {
		return ErrAsk
	}
	return nil
}
