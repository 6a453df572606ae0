package upstream

import (
	"context"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"github.com/acrhost/acrhost/sdk/go/abi"
)

// Bounds of what a provider sends.
const (
	finishTimeout = 12 * time.Second // of all requests together
	skew          = time.Minute      // between its clock and ours
	maxIDToken    = 32 << 10
	maxClaims     = 16 << 10 // of all claims as JSON: a session keeps them
	maxSubject    = 255      // OpenID Connect Core 2
)

// Login is a login at the provider that holds.
type Login struct {
	Issuer  string
	Subject string
	// Email is the address that the provider has verified, where the operator trusts it
	// with its domain; else empty.
	Email    string
	Claims   map[string]any // of userinfo and of the ID token, which wins
	ACR      *string        // of the ID token where it is allowed, else the static one
	AMR      []string
	Static   bool      // AMR is the static one
	AuthTime time.Time // zero: it did not say
}

// Finish exchanges the code and checks all that came with it. A login that does not
// hold is a *Refused; any other error says that the provider could not be asked.
func (p *Provider) Finish(ctx context.Context, pending *Pending, a Answer) (*Login, error) {
	ctx, cancel := context.WithTimeout(p.context(ctx), finishTimeout)
	defer cancel()
	f, err := p.discover(ctx)
	if err != nil {
		return nil, err
	}
	if err := p.check(f, pending, a); err != nil {
		return nil, err
	}
	tokens, err := p.exchange(ctx, f, pending, a.Code)
	if err != nil {
		return nil, err
	}
	id, err := p.idToken(ctx, f, pending, tokens)
	if err != nil {
		return nil, err
	}
	claims, err := p.claims(ctx, f, id, tokens)
	if err != nil {
		return nil, err
	}
	return p.login(id, claims)
}

func (p *Provider) exchange(ctx context.Context, f *found, pending *Pending, code string) (*oauth2.Token, error) {
	tokens, err := p.oauth(f).Exchange(ctx, code, oauth2.VerifierOption(pending.Verifier))
	if failed, ok := errors.AsType[*oauth2.RetrieveError](err); ok && failed.Response != nil && failed.Response.StatusCode < 500 {
		return nil, invalid("the token endpoint said " + errorCode(failed.ErrorCode))
	}
	if err != nil {
		return nil, fmt.Errorf("ask the token endpoint of %s: %w", p.Name, short(err))
	}
	return tokens, nil
}

// idToken checks the ID token (OpenID Connect Core 3.1.3.7). The library looks at the
// signature, which must be of a public key, and at iss, aud, exp and nbf.
func (p *Provider) idToken(ctx context.Context, f *found, pending *Pending, tokens *oauth2.Token) (*idToken, error) {
	raw, ok := tokens.Extra("id_token").(string)
	if !ok || len(raw) > maxIDToken {
		return nil, invalid("no ID token, or a huge one")
	}
	verified, err := f.Verifier(&oidc.Config{ClientID: p.ClientID, Now: p.now}).Verify(ctx, raw)
	if err != nil {
		return nil, invalid("ID token: " + short(err).Error())
	}
	id := &idToken{IDToken: verified}
	if err := errors.Join(verified.Claims(&id.also), verified.Claims(&id.all)); err != nil {
		return nil, invalid("ID token: " + short(err).Error())
	}
	return id, errors.Join(id.check(p, pending, tokens), id.checkAge(pending))
}

// idToken is an ID token with the claims that the library has no members for.
type idToken struct {
	*oidc.IDToken
	also struct {
		AuthorizedParty string          `json:"azp"`
		AuthTime        int64           `json:"auth_time"`
		ACR             json.RawMessage `json:"acr"`
		AMR             json.RawMessage `json:"amr"`
	}
	all map[string]any
}

func (id *idToken) check(p *Provider, pending *Pending, tokens *oauth2.Token) error {
	azp := id.also.AuthorizedParty
	switch {
	case subtle.ConstantTimeCompare([]byte(id.Nonce), []byte(pending.Nonce)) != 1:
		return invalid("ID token: another nonce")
	case azp != "" && azp != p.ClientID, azp == "" && len(id.Audience) > 1:
		return invalid("ID token: issued to another client (azp)")
	case id.Subject == "" || len(id.Subject) > maxSubject:
		return invalid("ID token: no sub, or a long one")
	case id.IssuedAt.IsZero() || id.IssuedAt.After(p.now().Add(skew)):
		return invalid("ID token: no iat, or one in the future")
	case id.AccessTokenHash != "" && id.VerifyAccessToken(tokens.AccessToken) != nil:
		return invalid("ID token: at_hash is not that of the access token")
	}
	return nil
}

// checkAge holds the time of the login there to what was asked for (OpenID Connect
// Core 3.1.2.1 and 3.1.3.7): a provider may leave max_age and prompt=login unread. The
// minute between the clocks keeps a login from being refused that was young by the
// provider's clock; the journey holds it to the client's max_age to the second, and asks
// again.
func (id *idToken) checkAge(pending *Pending) error {
	at := time.Unix(id.also.AuthTime, 0)
	old := &Refused{abi.UpstreamTooOld, "the login there is older than was asked for, or of unknown age"}
	switch {
	case id.also.AuthTime <= 0 && (pending.MaxAge != nil || pending.MustBeNew):
		return old
	case id.also.AuthTime <= 0:
		return nil
	case pending.MustBeNew && at.Add(skew).Before(pending.Began):
		return old
	case pending.MaxAge != nil && pending.Began.Sub(at).Seconds() > float64(*pending.MaxAge)+skew.Seconds():
		return old
	}
	return nil
}

// claims are those of userinfo, if it is asked, under those of the ID token.
func (p *Provider) claims(ctx context.Context, f *found, id *idToken, tokens *oauth2.Token) (map[string]any, error) {
	claims := map[string]any{}
	if p.Userinfo && f.hasUserinfo {
		info, err := f.UserInfo(ctx, oauth2.StaticTokenSource(tokens))
		if err != nil {
			return nil, fmt.Errorf("ask userinfo of %s: %w", p.Name, short(err))
		}
		// OpenID Connect Core 5.3.2: a token could have been swapped for another user's.
		if info.Subject != id.Subject {
			return nil, invalid("userinfo: another sub than the ID token's")
		}
		if err := info.Claims(&claims); err != nil {
			return nil, invalid("userinfo: " + short(err).Error())
		}
		for _, name := range []string{"iss", "aud", "azp", "exp", "iat", "nbf", "auth_time", "at_hash", "c_hash"} {
			delete(claims, name) // only a signed one counts
		}
	}
	id.overlay(claims)
	delete(claims, "nonce")
	if document, err := json.Marshal(claims); err != nil || len(document) > maxClaims {
		return nil, invalid("the claims are too long")
	}
	return claims, nil
}

// overlay puts the claims of the ID token over others. An address and whether it is
// verified come from one source: else one source's address would be verified by the
// word of the other about another address.
func (id *idToken) overlay(claims map[string]any) {
	for _, address := range []string{"email", "phone_number"} {
		_, named := id.all[address]
		_, verified := id.all[address+"_verified"]
		if named || verified {
			delete(claims, address)
			delete(claims, address+"_verified")
		}
	}
	maps.Copy(claims, id.all)
}

// login says what the login is worth.
func (p *Provider) login(id *idToken, claims map[string]any) (*Login, error) {
	l := &Login{Issuer: p.Issuer, Subject: id.Subject, Claims: claims, Email: p.verifiedEmail(claims)}
	l.ACR = p.worthACR(id.also.ACR)
	l.AMR, l.Static = p.worthAMR(id.also.AMR)
	if id.also.AuthTime > 0 {
		l.AuthTime = time.Unix(id.also.AuthTime, 0).UTC()
	}
	return l, nil
}
