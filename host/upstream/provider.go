package upstream

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"github.com/acrhost/acrhost/host/config"
	"github.com/acrhost/acrhost/host/outbound"
)

// CallbackPath is where providers send browsers back to, before the provider's name:
// each has an address of its own (RFC 9700 4.4.2.2).
const CallbackPath = "/login/callback/"

// discoveryTime is how long a provider's discovery document and keys are used before
// they are read again: a key that was withdrawn is not believed for longer.
const discoveryTime = time.Hour

// Provider is one other OpenID Provider. It is safe for concurrent use.
type Provider struct {
	config.Upstream
	redirectURI string
	client      *http.Client
	now         func() time.Time

	mu    sync.Mutex
	found *found
}

// New makes a provider for a host with this issuer. Nothing is asked of it yet: one
// that is down must not keep the host from starting. A nil resolver is the system's.
func New(u config.Upstream, ownIssuer string, resolver *net.Resolver, now func() time.Time) (*Provider, error) {
	issuer, err := url.Parse(u.Issuer)
	if err != nil {
		return nil, fmt.Errorf("upstream %s: %w", u.Name, err)
	}
	return &Provider{
		Upstream:    u,
		redirectURI: ownIssuer + CallbackPath + u.Name,
		client:      newClient(issuer.Hostname(), outbound.New(resolver)),
		now:         now,
	}, nil
}

// found is what discovery told.
type found struct {
	*oidc.Provider
	at          time.Time
	authStyle   oauth2.AuthStyle
	answersISS  bool // authorization_response_iss_parameter_supported, RFC 9207
	hasUserinfo bool
	acrValues   []string // acr_values_supported; nil: it does not say
}

// discover reads the provider's metadata, now and then. While it can't be read, the
// old one is used.
func (p *Provider) discover(ctx context.Context) (*found, error) {
	p.mu.Lock()
	known := p.found
	p.mu.Unlock()
	if known != nil && p.now().Sub(known.at) < discoveryTime {
		return known, nil
	}
	next, err := p.read(ctx)
	if err != nil && known != nil {
		return known, nil
	}
	if err != nil {
		return nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.found = next
	return next, nil
}

// metadata is what go-oidc does not tell of the discovery document.
type metadata struct {
	Authorization string   `json:"authorization_endpoint"`
	Token         string   `json:"token_endpoint"`
	Keys          string   `json:"jwks_uri"`
	Userinfo      string   `json:"userinfo_endpoint"`
	AuthMethods   []string `json:"token_endpoint_auth_methods_supported"`
	AnswersISS    bool     `json:"authorization_response_iss_parameter_supported"`
	ACRValues     []string `json:"acr_values_supported"`
}

func (p *Provider) read(ctx context.Context) (*found, error) {
	provider, err := oidc.NewProvider(p.context(ctx), p.Issuer)
	if err != nil {
		return nil, fmt.Errorf("discover %s: %w", p.Issuer, short(err))
	}
	var m metadata
	if err := provider.Claims(&m); err != nil {
		return nil, fmt.Errorf("read the discovery document of %s: %w", p.Issuer, err)
	}
	for _, endpoint := range []string{m.Authorization, m.Token, m.Keys, m.Userinfo} {
		if endpoint == "" && endpoint == m.Userinfo {
			continue
		}
		if err := p.checkEndpoint(endpoint); err != nil {
			return nil, fmt.Errorf("discovery document of %s: %w", p.Issuer, err)
		}
	}
	return &found{
		Provider: provider, at: p.now(), authStyle: p.authStyle(m.AuthMethods),
		answersISS: m.AnswersISS, hasUserinfo: m.Userinfo != "", acrValues: m.ACRValues,
	}, nil
}

// checkEndpoint refuses addresses that carry secrets in the clear. A provider on this
// machine, for trying out, may keep all of its endpoints on its own host.
func (p *Provider) checkEndpoint(endpoint string) error {
	u, err := url.Parse(endpoint)
	if err != nil || u.Host == "" || u.User != nil || u.Fragment != "" {
		return fmt.Errorf("%.200q is no endpoint", endpoint)
	}
	own, err := url.Parse(p.Issuer)
	if err != nil {
		return err
	}
	if u.Scheme == "https" || u.Scheme == "http" && own.Scheme == "http" && u.Hostname() == own.Hostname() {
		return nil
	}
	return fmt.Errorf("%.200q is not https", endpoint)
}

// authStyle is how the secret is sent. It is never tried out: the first try would
// spend the code. Without metadata it is client_secret_basic (OpenID Connect
// Discovery 3).
func (p *Provider) authStyle(methods []string) oauth2.AuthStyle {
	basic := len(methods) == 0 || slices.Contains(methods, "client_secret_basic")
	if p.ClientSecret.Reveal() == "" || !basic {
		return oauth2.AuthStyleInParams
	}
	return oauth2.AuthStyleInHeader
}

// oauth is the client as the provider knows it.
func (p *Provider) oauth(f *found) *oauth2.Config {
	endpoint := f.Endpoint()
	endpoint.AuthStyle = f.authStyle
	return &oauth2.Config{
		ClientID: p.ClientID, ClientSecret: p.ClientSecret.Reveal(), Endpoint: endpoint,
		RedirectURL: p.redirectURI, Scopes: p.Scopes,
	}
}

// context makes the libraries use the provider's own client.
func (p *Provider) context(ctx context.Context) context.Context {
	return oidc.ClientContext(ctx, p.client)
}
