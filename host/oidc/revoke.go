package oidc

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/acrhost/acrhost/host/store"
)

// revoke is the revocation endpoint (RFC 7009 2). A client takes back a token of its
// own: a refresh token ends its grant, with all that came from it, also one that was used
// before: who lost the answer has no other. An access token ends alone. A token that is
// unknown, of another client or ended already is no error (RFC 7009 2.2): what the client wants
// is so.
func (p *Provider) revoke(w http.ResponseWriter, r *http.Request) error {
	q, err := formParams(w, r)
	if err != nil {
		return err
	}
	if name, ok := q.anyRepeated("token", "token_type_hint", "client_id", "client_secret"); ok {
		return invalidRequest("The parameter " + name + " was sent more than once.")
	}
	c, err := p.authenticate(r, q)
	if err != nil {
		return err
	}
	raw := q.get("token")
	if raw == "" {
		return invalidRequest("The parameter token is missing.")
	}
	// The hint could only be wrong: a token looks like what it is.
	take := p.revokeRefresh
	if strings.Count(raw, ".") == 2 {
		take = p.revokeAccess
	}
	if err := take(r.Context(), c, raw); err != nil {
		return err
	}
	// RFC 7009 2.2: the body counts for nothing. It is JSON all the same, since some clients
	// read every answer of a provider as that.
	writeJSONText(w, http.StatusOK, []byte("{}"))
	return nil
}

// revokeRefresh ends the grant of a refresh token, also of one that was used: a client that
// refreshes and signs out at once can't know which came first.
func (p *Provider) revokeRefresh(ctx context.Context, c *client, raw string) error {
	r, err := p.Artifacts.Get(ctx, store.Refresh, store.Key(raw))
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("find refresh token: %w", err)
	}
	grantID, used := spentOf(r)
	if !used {
		grantID = r.Group
	}
	g, err := p.Grants.Grant(ctx, grantID)
	if errors.Is(err, store.ErrNotFound) || err == nil && (g.ClientID != c.ID || !p.inForce(g)) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("find grant: %w", err)
	}
	if err := p.Grants.RevokeGrant(ctx, g.ID, p.Now()); err != nil && !errors.Is(err, store.ErrNotFound) {
		return fmt.Errorf("revoke grant: %w", err)
	}
	p.audit(ctx, store.Event{
		Type: "grant.revoked", UserID: g.UserID, Client: c.ID, Run: g.Run, Details: map[string]any{"grant": g.ID, "reason": "client"},
	})
	return nil
}

// revokeAccess remembers an access token that is not to be taken any more, until it
// would have expired.
func (p *Provider) revokeAccess(ctx context.Context, c *client, raw string) error {
	access, _, err := p.checkAccess(ctx, raw)
	if fault, ok := errors.AsType[*Error](err); ok && fault.Code == invalidToken().Code {
		return nil
	}
	if err != nil {
		return err
	}
	if access.ClientID != c.ID {
		return nil
	}
	_, err = p.Artifacts.Put(ctx, store.Record{
		Kind: store.Revoked, ID: access.ID, Group: access.GrantID, Data: []byte("{}"), ExpiresAt: access.ExpiresAt,
	})
	if err != nil && !errors.Is(err, store.ErrConflict) {
		return fmt.Errorf("revoke access token: %w", err)
	}
	return nil
}

// wasRevoked says whether an access token was taken back.
func (p *Provider) wasRevoked(ctx context.Context, id string) (bool, error) {
	_, err := p.Artifacts.Get(ctx, store.Revoked, id)
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("look for a revocation: %w", err)
	}
	return true, nil
}
