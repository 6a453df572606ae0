package demo

import (
	"context"
	"fmt"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// scopes are what the demo asks for.
func scopes() []string { return []string{oidc.ScopeOpenID, "profile", "email", "phone"} }

// discover reads the provider's discovery document, once it can be read: the demo
// starts before the provider answers.
func (d *Demo) discover(ctx context.Context) (*oidc.Provider, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.provider != nil {
		return d.provider, nil
	}
	// The provider fetches keys later with this context: it must outlive the request.
	ctx = oidc.ClientContext(context.WithoutCancel(ctx), d.HTTPClient)
	provider, err := oidc.NewProvider(ctx, d.Issuer)
	if err != nil {
		return nil, fmt.Errorf("discovery: %w", err)
	}
	d.provider = provider
	return provider, nil
}

// oauth is the client's side of the code flow. The demo's clients are public.
func (d *Demo) oauth(provider *oidc.Provider, clientID string) *oauth2.Config {
	endpoint := provider.Endpoint()
	endpoint.AuthStyle = oauth2.AuthStyleInParams
	return &oauth2.Config{
		ClientID:    clientID,
		Endpoint:    endpoint,
		RedirectURL: d.Issuer + callback,
		Scopes:      scopes(),
	}
}
