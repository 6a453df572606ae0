package host

import (
	"context"
	"fmt"
	"time"

	"github.com/acrhost/acrhost/host/store"
)

// RevokeModule ends every grant that rests on a module, as Revoke does, and remembers the
// module: from then on no login ends well that rests on it, those under way included, and
// evidence from its calls does not count in sessions. It counts the grants. To revoke it
// again ends nothing more.
func (g *Grants) RevokeModule(ctx context.Context, digest, reason string) (int, error) {
	m := store.RevokedModule{Digest: digest, At: time.Now().UTC().Truncate(time.Microsecond), Reason: reason}
	n, err := g.store.RevokeModule(ctx, m)
	if err != nil {
		return 0, fmt.Errorf("revoke module %s: %w", digest, err)
	}
	event := store.Event{At: m.At, Type: "module.revoked", Details: map[string]any{"digest": digest, "reason": reason, "grants": n}}
	if err := g.store.AddEvent(ctx, event); err != nil {
		return n, fmt.Errorf("module %s is revoked, but the audit log has no event of it: %w", digest, err)
	}
	return n, g.Each(ctx, store.GrantFilter{RestsOn: digest}, func(one store.Grant) error {
		if !one.RevokedAt.Equal(m.At) {
			return nil // by something else
		}
		return g.tell(ctx, one, m.At, reason)
	})
}

// AllowModule takes the revocation of a module back, or is store.ErrNotFound. The grants
// that it ended stay ended.
func (g *Grants) AllowModule(ctx context.Context, digest string) error {
	if err := g.store.AllowModule(ctx, digest); err != nil {
		return fmt.Errorf("allow module %s: %w", digest, err)
	}
	event := store.Event{At: time.Now().UTC(), Type: "module.allowed", Details: map[string]any{"digest": digest}}
	if err := g.store.AddEvent(ctx, event); err != nil {
		return fmt.Errorf("module %s is allowed, but the audit log has no event of it: %w", digest, err)
	}
	return nil
}

// RevokedModules are the modules that no login may rest on, by digest.
func (g *Grants) RevokedModules(ctx context.Context) ([]store.RevokedModule, error) {
	all, err := g.store.RevokedModules(ctx)
	if err != nil {
		return nil, fmt.Errorf("list revoked modules: %w", err)
	}
	return all, nil
}
