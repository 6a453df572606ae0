package host

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/acrhost/acrhost/host/config"
	"github.com/acrhost/acrhost/host/consent"
	"github.com/acrhost/acrhost/host/journey"
	"github.com/acrhost/acrhost/host/oidc"
	"github.com/acrhost/acrhost/host/relying"
	"github.com/acrhost/acrhost/host/store"
	"github.com/acrhost/acrhost/host/store/backend"
)

// Clients are the clients of a provider's store, for its operator.
type Clients struct {
	*relying.Book
	store store.Store
}

// WithClients opens the configured store for as long as do works on its clients. No
// plugin is loaded and nothing is served; a host that serves meanwhile sees each change
// within seconds.
func WithClients(ctx context.Context, cfg *config.Config, do func(context.Context, *Clients) error) error {
	s, err := backend.Open(ctx, cfg.Store.DSN)
	if err != nil {
		return err
	}
	book := &relying.Book{Config: cfg, Store: s, Now: time.Now}
	return errors.Join(do(ctx, &Clients{Book: book, store: s}), s.Close())
}

// Add keeps a client of the operator's, and gives the secret that was made for it.
func (c *Clients) Add(ctx context.Context, n relying.New) (added relying.Client, secret string, err error) {
	added, secret, err = c.Book.Add(ctx, n)
	if err != nil {
		return added, secret, err
	}
	return added, secret, c.tell(ctx, "client.added", added.ID, nil)
}

// Remove forgets a client and ends its grants, which it counts.
func (c *Clients) Remove(ctx context.Context, id string) (int, error) {
	n, err := c.Book.Remove(ctx, id)
	if err != nil {
		return 0, err
	}
	return n, c.tell(ctx, "client.removed", id, map[string]any{"grants": n, "reason": "operator"})
}

// NewInitial makes an initial access token.
func (c *Clients) NewInitial(ctx context.Context, uses int, life time.Duration) (string, error) {
	token, err := relying.Initial{Artifacts: c.store, Now: c.Now}.New(ctx, uses, life)
	if err != nil {
		return "", err
	}
	return token, c.tell(ctx, "client.token", "", map[string]any{"uses": uses, "expires_at": c.Now().Add(life).UTC()})
}

// RevokeInitial ends an initial access token; store.ErrNotFound: there is none.
func (c *Clients) RevokeInitial(ctx context.Context, token string) error {
	initial := relying.Initial{Artifacts: c.store, Now: c.Now}
	if err := initial.Revoke(ctx, token); err != nil {
		return err
	}
	return c.tell(ctx, "client.token_revoked", "", nil)
}

func (c *Clients) tell(ctx context.Context, event, id string, details map[string]any) error {
	err := c.store.AddEvent(ctx, store.Event{At: c.Now().UTC(), Type: event, Client: id, Details: details})
	if err != nil {
		return fmt.Errorf("client %q: done, but the audit log has no event of it: %w", id, err)
	}
	return nil
}

// book is the clients of the store by this configuration.
func (p parts) book() *relying.Book { return &relying.Book{Config: p.cfg, Store: p.store, Now: p.now} }

// twice refuses a configuration that defines a client which the store has too: what one
// of them was granted must not become the other's.
func twice(ctx context.Context, cfg *config.Config, clients store.Clients) error {
	var faults config.Faults
	for _, c := range cfg.Clients {
		_, err := clients.Client(ctx, c.ID)
		if errors.Is(err, store.ErrNotFound) {
			continue
		}
		if err != nil {
			return fmt.Errorf("look for client %q in the store: %w", c.ID, err)
		}
		faults = append(faults, journey.Fault{
			Pos: c.Pos, Message: fmt.Sprintf("the client %q is also in the store", c.ID),
			Hint: fmt.Sprintf("choose another id, or take it out of the store first: acrhost client remove %s", c.ID),
		})
	}
	if len(faults) > 0 {
		return faults
	}
	return nil
}

// consents are those of the store, by this configuration.
func (p parts) consents() consent.Ledger {
	return consent.Ledger{Store: p.store, FirstParty: p.book().SkipsConsent, ScopeOf: oidc.ScopeOf, Now: p.now}
}
