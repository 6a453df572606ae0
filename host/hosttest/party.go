package hosttest

import (
	"context"
	"errors"
	"fmt"
	"net/url"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// Party is a relying party: a public client with PKCE, on go-oidc.
type Party struct {
	provider *oidc.Provider
	config   oauth2.Config
}

// Attempt is one authorization request and the secrets that belong to it.
type Attempt struct {
	URL, State, Nonce, Verifier string
}

// Tokens are what a party holds after a login, checked.
type Tokens struct {
	OAuth  *oauth2.Token
	ID     map[string]any // claims of the ID token, its signature and nonce checked
	Access map[string]any // claims of the access token, its signature checked
}

// NewParty reads discovery and is ready to log people in.
func NewParty(ctx context.Context, issuer, clientID, secret, redirectURI string, scopes ...string) (*Party, error) {
	provider, err := oidc.NewProvider(ctx, issuer)
	if err != nil {
		return nil, fmt.Errorf("discovery: %w", err)
	}
	endpoint := provider.Endpoint()
	endpoint.AuthStyle = oauth2.AuthStyleInHeader
	if secret == "" {
		endpoint.AuthStyle = oauth2.AuthStyleInParams
	}
	return &Party{provider: provider, config: oauth2.Config{
		ClientID:     clientID,
		ClientSecret: secret,
		Endpoint:     endpoint,
		RedirectURL:  redirectURI,
		Scopes:       append([]string{oidc.ScopeOpenID}, scopes...),
	}}, nil
}

// Begin makes an authorization request; extra parameters are added to it.
func (p *Party) Begin(extra url.Values) Attempt {
	a := Attempt{State: oauth2.GenerateVerifier(), Nonce: oauth2.GenerateVerifier(), Verifier: oauth2.GenerateVerifier()}
	options := []oauth2.AuthCodeOption{oidc.Nonce(a.Nonce), oauth2.S256ChallengeOption(a.Verifier)}
	for name, values := range extra {
		for _, value := range values {
			options = append(options, oauth2.SetAuthURLParam(name, value))
		}
	}
	a.URL = p.config.AuthCodeURL(a.State, options...)
	return a
}

// Finish takes the parameters that came to the redirect URI, exchanges the code, unless the
// tokens came themselves, and checks the tokens.
func (p *Party) Finish(ctx context.Context, a Attempt, params url.Values) (*Tokens, error) {
	if code := params.Get("error"); code != "" {
		return nil, fmt.Errorf("the provider answered %s: %s", code, params.Get("error_description"))
	}
	if params.Get("state") != a.State {
		return nil, fmt.Errorf("state is %q, not what was sent", params.Get("state"))
	}
	if params.Has("id_token") {
		came := &oauth2.Token{AccessToken: params.Get("access_token"), TokenType: params.Get("token_type")}
		return p.check(ctx, came.WithExtra(map[string]any{"id_token": params.Get("id_token")}), a.Nonce)
	}
	token, err := p.config.Exchange(ctx, params.Get("code"), oauth2.VerifierOption(a.Verifier))
	if err != nil {
		return nil, fmt.Errorf("exchange: %w", err)
	}
	return p.check(ctx, token, a.Nonce)
}

// Refresh uses the refresh token and checks what comes back.
func (p *Party) Refresh(ctx context.Context, refreshToken string) (*Tokens, error) {
	token, err := p.config.TokenSource(ctx, &oauth2.Token{RefreshToken: refreshToken}).Token()
	if err != nil {
		return nil, fmt.Errorf("refresh: %w", err)
	}
	return p.check(ctx, token, "")
}

func (p *Party) check(ctx context.Context, token *oauth2.Token, nonce string) (*Tokens, error) {
	raw, ok := token.Extra("id_token").(string)
	if !ok {
		return nil, errors.New("no ID token in the answer")
	}
	id, err := p.verify(ctx, raw, &oidc.Config{ClientID: p.config.ClientID, SupportedSigningAlgs: algs()})
	if err != nil {
		return nil, fmt.Errorf("ID token: %w", err)
	}
	if nonce != "" && id.Nonce != nonce {
		return nil, fmt.Errorf("nonce is %q, not what was sent", id.Nonce)
	}
	t := &Tokens{OAuth: token}
	if token.AccessToken == "" {
		return t, id.Claims(&t.ID)
	}
	if err := id.VerifyAccessToken(token.AccessToken); err != nil {
		return nil, fmt.Errorf("at_hash: %w", err)
	}
	access, err := p.verify(ctx, token.AccessToken, &oidc.Config{SkipClientIDCheck: true, SupportedSigningAlgs: algs()})
	if err != nil {
		return nil, fmt.Errorf("access token: %w", err)
	}
	if err := errors.Join(id.Claims(&t.ID), access.Claims(&t.Access)); err != nil {
		return nil, fmt.Errorf("claims: %w", err)
	}
	return t, nil
}

func (p *Party) verify(ctx context.Context, raw string, config *oidc.Config) (*oidc.IDToken, error) {
	return p.provider.Verifier(config).Verify(ctx, raw)
}

// algs are those that the provider has.
func algs() []string { return []string{oidc.RS256, oidc.PS256, oidc.ES256, oidc.EdDSA} }
