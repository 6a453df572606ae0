package oidc

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/acrhost/acrhost/host/store"
	"github.com/acrhost/acrhost/host/token"
)

// issue mints what a grant gives now. Who, when, how well and by what all come
// from the grant, where they are frozen: what the user did since does not show
// (RFC 9068 2.2.1, OpenID Connect Core 12.2).
func (p *Provider) issue(ctx context.Context, r *redemption, g store.Grant, scope []string, given given, nonce string) (tokens, error) {
	answer, err := p.issueWithout(ctx, r, g, scope, given, nonce)
	if err != nil {
		return tokens{}, err
	}
	// A client gets a refresh token when it is registered for them, asked for
	// offline_access or not: nobody keeps a grant type that they don't want, and the
	// token ends with the grant in any case.
	if r.client.mayUse(grantRefresh) {
		if answer.RefreshToken, err = p.refreshToken(ctx, r, g); err != nil {
			return tokens{}, err
		}
	}
	return answer, p.stillInForce(ctx, g.ID)
}

// issueWithout is issue but for the refresh token.
func (p *Provider) issueWithout(ctx context.Context, r *redemption, g store.Grant, scope []string, given given, nonce string) (tokens, error) {
	now, c := p.Now(), r.client
	access := p.accessToken(c, g, scope, now)
	access.Audience, access.AuthorizationDetails = given.audience, given.details
	answer, err := p.mint(r, access)
	if err != nil {
		return tokens{}, err
	}
	if slices.Contains(scope, scopeOpenID) {
		if answer.IDToken, err = p.idToken(ctx, c, g, given.granted, answer.AccessToken, nonce, now); err != nil {
			return tokens{}, err
		}
	}
	return answer, nil
}

// stillInForce looks at a grant once more when all that comes of it is made and stored: a
// revocation that came meanwhile has not seen it. Whoever revokes later finds it.
func (p *Provider) stillInForce(ctx context.Context, grantID string) error {
	g, err := p.Grants.Grant(ctx, grantID)
	switch {
	case errors.Is(err, store.ErrNotFound), err == nil && !p.inForce(g):
		return invalidGrant().becausef("grant %s ended while tokens were made", grantID)
	case err != nil:
		return fmt.Errorf("find grant: %w", err)
	}
	return nil
}

// mint makes an answer of one access token, bound to what its client proved to hold.
func (p *Provider) mint(r *redemption, t token.Access) (tokens, error) {
	t.Holder = r.holder()
	raw, err := p.Keys.MintAccess(r.client.AccessTokenAlg, t)
	if err != nil {
		return tokens{}, err
	}
	return tokens{
		AccessToken: raw,
		TokenType:   typeOf(t.Holder),
		ExpiresIn:   int64(t.ExpiresAt.Sub(t.IssuedAt) / time.Second),
		Scope:       strings.Join(t.Scope, " "),

		AuthorizationDetails: t.AuthorizationDetails,
	}, nil
}

// accessToken: with no resource asked for, the audience is the provider itself
// (RFC 9068 3), whose userinfo endpoint is the one resource that it knows of. The client
// can read it: the user is in it as the client sees them.
func (p *Provider) accessToken(c *client, g store.Grant, scope []string, now time.Time) token.Access {
	expires := now.Add(p.lifetimes(c).Access)
	if g.ExpiresAt.Before(expires) {
		expires = g.ExpiresAt // the grant ends then: whoever reads the token alone has to know
	}
	subject := g.ClientID // RFC 9068 2.2: a client's own tokens are about the client
	if g.UserID != "" {
		subject = p.subjectFor(c, g.UserID)
	}
	return token.Access{
		Issuer:    p.Issuer,
		Subject:   subject,
		Audience:  token.Audience{p.Issuer},
		ClientID:  g.ClientID,
		GrantID:   g.ID,
		Scope:     scope,
		IssuedAt:  now,
		ExpiresAt: expires,
		AuthTime:  g.AuthTime,
		ACR:       g.ACR,
		AMR:       g.AMR,
	}
}

func (p *Provider) idToken(ctx context.Context, c *client, g store.Grant, more details, access, nonce string, now time.Time) (string, error) {
	extra, err := p.wantedClaims(ctx, c, g, more)
	if err != nil {
		return "", err
	}
	signed, err := p.Keys.MintID(c.IDTokenSignedResponseAlg, token.ID{
		Issuer:      p.Issuer,
		Subject:     p.subjectFor(c, g.UserID),
		Audience:    g.ClientID,
		IssuedAt:    now,
		ExpiresAt:   now.Add(p.lifetimes(c).ID),
		AuthTime:    g.AuthTime,
		Nonce:       nonce,
		SessionID:   p.sessionFor(c, more.SessionID),
		AccessToken: access,
		ACR:         g.ACR,
		AMR:         g.AMR,
		Extra:       extra,
	})
	if err != nil {
		return "", err
	}
	return c.encrypted(ctx, c.IDTokenEncryption, signed)
}

// wantedClaims are what the ID token says beside the login itself: what steps added,
// and what the client asked for in it (OpenID Connect Core 5.5).
func (p *Provider) wantedClaims(ctx context.Context, c *client, g store.Grant, more details) (map[string]any, error) {
	if len(more.Wanted.IDToken) == 0 {
		return more.Claims, nil
	}
	user, err := p.Users.User(ctx, g.UserID)
	if err != nil {
		return nil, fmt.Errorf("find user: %w", err)
	}
	return userClaims(user, nil, c.permitted(more.Wanted.IDToken), more.Claims), nil
}

// refreshToken stores the next refresh token of a grant. All that it is worth is in
// the grant, whose end is its own.
func (p *Provider) refreshToken(ctx context.Context, r *redemption, g store.Grant) (string, error) {
	data, err := json.Marshal(refreshData{Holder: r.refreshHolder()})
	if err != nil {
		return "", fmt.Errorf("store refresh token: %w", err)
	}
	secret := p.newSecret()
	_, err = p.Artifacts.Put(ctx, store.Record{
		Kind: store.Refresh, ID: store.Key(secret), Group: g.ID, Data: data, ExpiresAt: g.ExpiresAt,
	})
	if err != nil {
		return "", fmt.Errorf("store refresh token: %w", err)
	}
	return secret, nil
}
