package host

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/acrhost/acrhost/host/config"
	"github.com/acrhost/acrhost/host/journey"
	"github.com/acrhost/acrhost/host/oidc"
	"github.com/acrhost/acrhost/host/store"
	"github.com/acrhost/acrhost/host/store/backend"
)

// Grants are all grants of a provider, for its operator.
type Grants struct{ store store.Store }

// WithGrants opens the configured store for as long as do works on its grants. No
// plugin is loaded and nothing is served; a host may serve meanwhile.
func WithGrants(ctx context.Context, cfg *config.Config, do func(context.Context, *Grants) error) error {
	s, err := backend.Open(ctx, cfg.Store.DSN)
	if err != nil {
		return err
	}
	return errors.Join(do(ctx, &Grants{store: s}), s.Close())
}

// Each calls do for every grant that fits, by ID, until it returns an error. Expired
// grants are gone.
func (g *Grants) Each(ctx context.Context, fits store.GrantFilter, do func(store.Grant) error) error {
	const page = 200
	for after := ""; ; {
		found, err := g.store.ListGrants(ctx, fits, after, page)
		if err != nil {
			return fmt.Errorf("list grants: %w", err)
		}
		for _, one := range found {
			if err := do(one); err != nil {
				return err
			}
		}
		if len(found) < page {
			return nil
		}
		after = found[len(found)-1].ID
	}
}

// Show is a grant with its acr trail, or store.ErrNotFound.
func (g *Grants) Show(ctx context.Context, id string) (store.Grant, []journey.ACRSet, error) {
	found, err := g.store.Grant(ctx, id)
	if err != nil {
		return store.Grant{}, nil, fmt.Errorf("grant %s: %w", id, err)
	}
	trail, err := oidc.TrailOf(found)
	return found, trail, err
}

// User is a user by name, or store.ErrNotFound.
func (g *Grants) User(ctx context.Context, name string) (store.User, error) {
	return g.store.UserByName(ctx, name)
}

// Revoke ends a grant: its codes and refresh tokens go, its access tokens introspect
// as inactive and userinfo refuses them. A JWT that nobody asks about is good until
// it expires. Ending one that has ended is no error, and no second audit event.
func (g *Grants) Revoke(ctx context.Context, one store.Grant, reason string) error {
	now := time.Now().UTC()
	if err := g.store.RevokeGrant(ctx, one.ID, now); err != nil {
		return fmt.Errorf("revoke grant %s: %w", one.ID, err)
	}
	if !one.RevokedAt.IsZero() {
		return nil
	}
	return g.tell(ctx, one, now, reason)
}

func (g *Grants) tell(ctx context.Context, one store.Grant, at time.Time, reason string) error {
	err := g.store.AddEvent(ctx, store.Event{
		At: at, Type: "grant.revoked", UserID: one.UserID, Client: one.ClientID, Run: one.Run,
		Details: map[string]any{"grant": one.ID, "reason": reason, "acr_digest": one.ACRDigest},
	})
	if err != nil {
		return fmt.Errorf("grant %s is revoked, but the audit log has no event of it: %w", one.ID, err)
	}
	return nil
}
