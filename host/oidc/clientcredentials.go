package oidc

import (
	"context"
	"fmt"
	"slices"

	"github.com/acrhost/acrhost/host/store"
)

// redeemClient is RFC 6749 4.4: a client gets a token for itself. Nobody has signed in, so
// that the token has no acr, amr or auth_time (RFC 9068 2.2.1), and there is neither an ID
// token nor a refresh token (RFC 6749 4.4.3). It has a grant all the same: an operator can
// end it.
func (p *Provider) redeemClient(ctx context.Context, r *redemption) (tokens, error) {
	c := r.client
	if c.public() {
		return tokens{}, unauthorizedClient() // RFC 6749 4.4: whoever knows its id could be it
	}
	scope, err := narrow(ownScopes(c), r.get("scope"))
	if err != nil {
		return tokens{}, invalidScope("The client has not all of these scopes for itself, without a user.")
	}
	given, err := p.given(r, store.Grant{})
	if err != nil {
		return tokens{}, err
	}
	if err := p.takeProof(ctx, r.proof); err != nil {
		return tokens{}, err
	}
	now := p.Now()
	g := store.Grant{ID: "g_" + p.newID(), ClientID: c.ID, Scope: scope, CreatedAt: now, ExpiresAt: now.Add(p.lifetimes(c).Access)}
	if err := p.Grants.PutGrant(ctx, g); err != nil {
		return tokens{}, fmt.Errorf("store grant: %w", err)
	}
	access := p.accessToken(c, g, scope, now)
	access.Audience = given.audience
	return p.mint(r, access)
}

// ownScopes are the scopes that a client can have without a user: those of OpenID Connect
// are all about one.
func ownScopes(c *client) []string {
	return slices.DeleteFunc(slices.Clone(c.Scopes), func(s string) bool { return slices.Contains(supportedScopes(), s) })
}
