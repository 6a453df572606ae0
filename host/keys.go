package host

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/acrhost/acrhost/host/config"
	"github.com/acrhost/acrhost/host/store"
	"github.com/acrhost/acrhost/host/store/backend"
	"github.com/acrhost/acrhost/host/token"
)

// How often a host reads the signing keys, and how long it then takes until every host on
// the store knows them.
const (
	readKeysEvery = 5 * time.Second
	keysAreKnown  = 2 * readKeysEvery
)

// schedule is how keys take turns by a configuration.
func schedule(cfg *config.Config) token.Schedule {
	return token.Schedule{Every: cfg.Keys.RotateEvery, PublishBefore: cfg.Keys.PublishBefore, Keep: cfg.Tokens.Kept()}
}

// keepKeys reads the signing keys again and again, and has them take turns, until ctx ends.
func (h *Host) keepKeys(ctx context.Context) {
	reads, turns := time.NewTicker(readKeysEvery), time.NewTicker(sweepEvery)
	defer reads.Stop()
	defer turns.Stop()
	h.turnKeys(ctx)
	for {
		select {
		case <-ctx.Done():
			return
		case <-reads.C:
			if err := h.keys.Refresh(ctx); err != nil && ctx.Err() == nil {
				h.options.Log.WarnContext(ctx, "signing keys not read; those of before go on", "error", err)
			}
		case <-turns.C:
			h.turnKeys(ctx)
		}
	}
}

func (h *Host) turnKeys(ctx context.Context) {
	changes, err := h.keys.Maintain(ctx, *h.schedule.Load())
	if err != nil && ctx.Err() == nil {
		h.options.Log.WarnContext(ctx, "signing keys not rotated", "error", err)
	}
	for _, c := range changes {
		h.options.Log.InfoContext(ctx, "signing key "+c.Kind, "kid", c.ID, "alg", c.Alg)
	}
	if err := tellOfKeys(ctx, h.store, h.options.Now(), "schedule", changes); err != nil {
		h.options.Log.ErrorContext(ctx, "audit event not kept", "error", err)
	}
}

// tellOfKeys keeps an event of each change.
func tellOfKeys(ctx context.Context, audit store.Audit, at time.Time, by string, changes []token.Change) error {
	for _, c := range changes {
		details := map[string]any{"kid": c.ID, "alg": c.Alg, "by": by}
		if c.Kind == token.KeyAdded {
			details["signs_at"] = c.Signs.UTC().Format(time.RFC3339)
		} else {
			details["forced"] = c.Forced
		}
		if err := audit.AddEvent(ctx, store.Event{At: at, Type: "key." + c.Kind, Details: details}); err != nil {
			return fmt.Errorf("key %s was %s, but the audit log has no event of it: %w", c.ID, c.Kind, err)
		}
	}
	return nil
}

// SigningKeys are the signing keys of a provider, for its operator.
type SigningKeys struct {
	keys     *token.Keys
	store    store.Store
	schedule token.Schedule
}

// WithSigningKeys opens the configured store for as long as do works on its signing keys;
// it makes them if there are none. A host may serve meanwhile: it knows of what changed
// within seconds.
func WithSigningKeys(ctx context.Context, cfg *config.Config, do func(context.Context, *SigningKeys) error) error {
	if cfg.Store.DSN == "memory:" {
		return errors.New("[store] is memory:, which ends with the host: its keys can't be reached from here")
	}
	s, err := backend.Open(ctx, cfg.Store.DSN)
	if err != nil {
		return err
	}
	err = withKeys(ctx, cfg, s, do)
	return errors.Join(err, s.Close())
}

func withKeys(ctx context.Context, cfg *config.Config, s store.Store, do func(context.Context, *SigningKeys) error) error {
	sealer, err := store.OpenSealer(cfg.Store.SealKeyFile, os.Getenv(store.SealKeyEnv))
	if err != nil {
		return err
	}
	keys, err := token.Open(ctx, s, sealer, time.Now)
	if err != nil {
		return fmt.Errorf("open the signing keys: %w", err)
	}
	return do(ctx, &SigningKeys{keys: keys, store: s, schedule: schedule(cfg)})
}

// List is every key, oldest first.
func (k *SigningKeys) List(ctx context.Context) ([]token.Info, error) {
	return k.keys.List(ctx, k.schedule.Keep)
}

// Rotate publishes the next key of an algorithm. It signs when clients have had the time
// to learn of it, or, with now, as soon as every host knows it.
func (k *SigningKeys) Rotate(ctx context.Context, alg string, now bool) (token.Change, error) {
	wait := k.schedule.PublishBefore
	if now {
		wait = keysAreKnown
	}
	changed, err := k.keys.Rotate(ctx, alg, time.Now().Add(wait))
	if err != nil {
		return changed, err
	}
	return changed, tellOfKeys(ctx, k.store, time.Now(), "operator", []token.Change{changed})
}

// Retire removes a key. One that signs, or of which something may be alive, is
// token.ErrInUse; with now it goes all the same, and another one signs at once.
func (k *SigningKeys) Retire(ctx context.Context, id string, now bool) ([]token.Change, error) {
	changes, err := k.keys.Retire(ctx, id, k.schedule.Keep, now)
	return changes, errors.Join(err, tellOfKeys(ctx, k.store, time.Now(), "operator", changes))
}
