package demo

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// tokens are what a code was worth, each checked.
type tokens struct {
	id       *oidc.IDToken
	access   *oidc.IDToken // RFC 9068 makes it a JWT with the same claims to check
	userInfo *oidc.UserInfo
}

// redeem exchanges the code, checks all that came back, and gathers what the page
// shows.
func (d *Demo) redeem(ctx context.Context, provider *oidc.Provider, a attempt, code string) (*Result, error) {
	ctx = oidc.ClientContext(ctx, d.HTTPClient)
	given, err := d.oauth(provider, a.Client).Exchange(ctx, code, oauth2.VerifierOption(a.Verifier))
	if err != nil {
		return nil, withoutBody(err)
	}
	var t tokens
	if t.id, err = d.checkID(ctx, provider, a, given); err != nil {
		return nil, err
	}
	if t.access, err = d.checkAccess(ctx, provider, given.AccessToken); err != nil {
		return nil, err
	}
	if t.userInfo, err = provider.UserInfo(ctx, oauth2.StaticTokenSource(given)); err != nil {
		return nil, fmt.Errorf("userinfo: %w", err)
	}
	// OpenID Connect Core 5.3.2: else it is somebody else's.
	if t.userInfo.Subject != t.id.Subject {
		return nil, errors.New("userinfo is about another subject than the ID token")
	}
	return d.resultOf(ctx, t)
}

// withoutBody drops the provider's whole answer from an error: it may hold tokens.
func withoutBody(err error) error {
	if refused, ok := errors.AsType[*oauth2.RetrieveError](err); ok {
		return fmt.Errorf("exchange the code: %w", &oauth2.RetrieveError{
			Response: refused.Response, ErrorCode: refused.ErrorCode, ErrorDescription: refused.ErrorDescription,
		})
	}
	return fmt.Errorf("exchange the code: %w", err)
}

// checkID checks the ID token as OpenID Connect Core 3.1.3.7 says, and that it was
// made for this login and this access token.
func (d *Demo) checkID(ctx context.Context, provider *oidc.Provider, a attempt, given *oauth2.Token) (*oidc.IDToken, error) {
	raw, ok := given.Extra("id_token").(string)
	if !ok {
		return nil, errors.New("the answer has no ID token")
	}
	verifier := provider.VerifierContext(ctx, &oidc.Config{ClientID: a.Client, Now: d.Now})
	token, err := verifier.Verify(ctx, raw)
	if err != nil {
		return nil, fmt.Errorf("ID token: %w", err)
	}
	if token.Nonce != a.Nonce {
		return nil, errors.New("ID token: the nonce is not this login's")
	}
	if token.AccessTokenHash != "" {
		if err := token.VerifyAccessToken(given.AccessToken); err != nil {
			return nil, fmt.Errorf("ID token: %w", err)
		}
	}
	return token, nil
}

// checkAccess checks the access token before the page shows what is in it. A
// client need not look into an access token; this one does so that people see it.
func (d *Demo) checkAccess(ctx context.Context, provider *oidc.Provider, raw string) (*oidc.IDToken, error) {
	verifier := provider.VerifierContext(ctx, &oidc.Config{
		SkipClientIDCheck: true, // its audience is the resource server
		// An access token may be signed by another algorithm than ID tokens are.
		SupportedSigningAlgs: []string{oidc.RS256, oidc.ES256},
		Now:                  d.Now,
	})
	token, err := verifier.Verify(ctx, raw)
	if err != nil {
		return nil, fmt.Errorf("access token: %w", err)
	}
	return token, nil
}

// grantID is the grant that an access token belongs to.
func grantID(access *oidc.IDToken) (string, error) {
	var claims struct {
		GrantID string `json:"grant_id"`
	}
	if err := access.Claims(&claims); err != nil {
		return "", fmt.Errorf("access token: %w", err)
	}
	return claims.GrantID, nil
}

// pretty is a document as people read it, with every number as it was.
func pretty(source claimer) (string, error) {
	var raw json.RawMessage
	if err := source.Claims(&raw); err != nil {
		return "", fmt.Errorf("read claims: %w", err)
	}
	var text bytes.Buffer
	if err := json.Indent(&text, raw, "", "  "); err != nil {
		return "", fmt.Errorf("write claims: %w", err)
	}
	return text.String(), nil
}
