package token

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/acrhost/acrhost/host/store"
)

// Schedule says how keys take turns.
type Schedule struct {
	Every         time.Duration // how long a key signs; 0: until somebody rotates
	PublishBefore time.Duration // how long a key is known before it signs: clients keep the key set
	Keep          time.Duration // how long what a key signed may live
}

// Change is something that happened to a key.
type Change struct {
	Kind   string // KeyAdded, KeyRemoved
	ID     string
	Alg    string
	Signs  time.Time // KeyAdded: from when on
	Forced bool      // KeyRemoved: what it signed may have been alive
}

// The kinds of changes.
const (
	KeyAdded   = "added"
	KeyRemoved = "removed"
)

// ErrInUse means that a key signs, or that what it signed may be alive.
var ErrInUse = errors.New("in use")

// ErrNoKey means that there is no such key.
var ErrNoKey = errors.New("there is no such key")

// Rotate publishes the next key of an algorithm, which signs from then on. ErrInUse when
// one is waiting to sign already, unless signs is before its time.
func (ks *Keys) Rotate(ctx context.Context, alg string, signs time.Time) (Change, error) {
	stored, err := ks.store.SigningKeys(ctx)
	if err != nil {
		return Change{}, fmt.Errorf("read signing keys: %w", err)
	}
	last, found := lastOf(stored, alg)
	switch {
	case !found:
		return Change{}, fmt.Errorf("algorithm %q: %w", alg, ErrNoKey)
	case ks.now().Before(last.SignsAt) && !signs.Before(last.SignsAt):
		return Change{}, fmt.Errorf("the next %s key, %s, waits to sign at %s: %w", alg, last.ID, last.SignsAt.Format(time.RFC3339), ErrInUse)
	}
	changed, err := ks.follow(ctx, last, signs)
	if err != nil {
		return Change{}, err
	}
	return changed, ks.Refresh(ctx)
}

// follow stores the key that comes after the last one. store.ErrConflict when another
// host was first.
func (ks *Keys) follow(ctx context.Context, last store.SigningKey, signs time.Time) (Change, error) {
	next, err := newSealed(ks.sealer, last.Alg, ks.now(), signs)
	if err != nil {
		return Change{}, err
	}
	err = ks.store.RotateSigningKey(ctx, last.ID, next)
	if errors.Is(err, store.ErrConflict) {
		return Change{}, fmt.Errorf("somebody else has just put a key in the place of %s (%s), see acrhost keys list: %w", last.ID, last.Alg, err)
	}
	if err != nil {
		return Change{}, fmt.Errorf("store the next %s key: %w", last.Alg, err)
	}
	return Change{Kind: KeyAdded, ID: next.ID, Alg: next.Alg, Signs: signs}, nil
}

// Retire takes a key out of the key set, so that nothing that it signed is good any more.
// ErrInUse when it signs, waits to sign, or something that it signed may be alive: unless
// now is set, which puts a new key in its place that signs at once.
func (ks *Keys) Retire(ctx context.Context, id string, keep time.Duration, now bool) ([]Change, error) {
	stored, err := ks.store.SigningKeys(ctx)
	if err != nil {
		return nil, fmt.Errorf("read signing keys: %w", err)
	}
	i := slices.IndexFunc(stored, func(k store.SigningKey) bool { return k.ID == id })
	if i < 0 {
		return nil, fmt.Errorf("key %q: %w", id, ErrNoKey)
	}
	k, at := stored[i], ks.now()
	state, until := stateOf(k, keep, at)
	var changes []Change
	switch {
	case state == Ended:
	case !now && state == Retiring:
		return nil, fmt.Errorf("what key %s signed may live until %s: %w", id, until.Format(time.RFC3339), ErrInUse)
	case !now:
		return nil, fmt.Errorf("key %s has no end yet, or one in the future: %w", id, ErrInUse)
	case state != Retiring:
		last, _ := lastOf(stored, k.Alg)
		added, err := ks.follow(ctx, last, at)
		if err != nil {
			return nil, err
		}
		changes = append(changes, added)
	}
	if err := ks.store.RemoveSigningKey(ctx, id); err != nil {
		return changes, fmt.Errorf("remove key %s: %w", id, err)
	}
	changes = append(changes, Change{Kind: KeyRemoved, ID: id, Alg: k.Alg, Forced: state != Ended})
	return changes, ks.Refresh(ctx)
}

// Maintain does what the schedule asks for now: it publishes keys that are to sign soon
// and removes those of which nothing can be alive. Any number of hosts may do so at once.
func (ks *Keys) Maintain(ctx context.Context, s Schedule) ([]Change, error) {
	stored, err := ks.store.SigningKeys(ctx)
	if err != nil {
		return nil, fmt.Errorf("read signing keys: %w", err)
	}
	var changes []Change
	for _, k := range stored {
		done, err := ks.maintain(ctx, s, k)
		if errors.Is(err, store.ErrConflict) || errors.Is(err, store.ErrNotFound) {
			continue // another host was first
		}
		if err != nil {
			return changes, errors.Join(err, ks.Refresh(ctx))
		}
		changes = append(changes, done...)
	}
	return changes, ks.Refresh(ctx)
}

func (ks *Keys) maintain(ctx context.Context, s Schedule, k store.SigningKey) ([]Change, error) {
	now := ks.now()
	if state, _ := stateOf(k, s.Keep, now); state == Ended {
		if err := ks.store.RemoveSigningKey(ctx, k.ID); err != nil {
			return nil, fmt.Errorf("remove key %s: %w", k.ID, err)
		}
		return []Change{{Kind: KeyRemoved, ID: k.ID, Alg: k.Alg}}, nil
	}
	due := k.SignsAt.Add(s.Every)
	if s.Every == 0 || !k.RetiredAt.IsZero() || now.Before(due.Add(-s.PublishBefore)) {
		return nil, nil
	}
	// A host that was off for long is late: the time in which clients learn is not cut.
	if soonest := now.Add(s.PublishBefore); due.Before(soonest) {
		due = soonest
	}
	changed, err := ks.follow(ctx, k, due)
	if err != nil {
		return nil, err
	}
	return []Change{changed}, nil
}
