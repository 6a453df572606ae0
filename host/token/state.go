package token

import (
	"context"
	"fmt"
	"time"

	"github.com/acrhost/acrhost/host/store"
)

// State is what a key is good for.
type State string

// The states, in the order in which a key has them.
const (
	Next     State = "next"     // published, does not sign yet
	Signs    State = "signs"    // signs
	Retiring State = "retiring" // signs no more; what it signed may be alive
	Ended    State = "ended"    // nothing that it signed is alive
)

// Info is what an operator sees of a key.
type Info struct {
	ID, Alg   string
	State     State
	CreatedAt time.Time
	SignsAt   time.Time
	// RetiredAt is zero for a key that nothing takes the place of yet.
	RetiredAt time.Time
	// Until is when what it signed has expired; zero while RetiredAt is.
	Until time.Time
}

// List is every key in the store, oldest first. keep is how long what a key signed may
// live.
func (ks *Keys) List(ctx context.Context, keep time.Duration) ([]Info, error) {
	stored, err := ks.store.SigningKeys(ctx)
	if err != nil {
		return nil, fmt.Errorf("read signing keys: %w", err)
	}
	all := make([]Info, 0, len(stored))
	for _, k := range stored {
		state, until := stateOf(k, keep, ks.now())
		all = append(all, Info{ID: k.ID, Alg: k.Alg, State: state, CreatedAt: k.CreatedAt, SignsAt: k.SignsAt, RetiredAt: k.RetiredAt, Until: until})
	}
	return all, nil
}

func stateOf(k store.SigningKey, keep time.Duration, now time.Time) (State, time.Time) {
	var until time.Time
	if !k.RetiredAt.IsZero() {
		until = k.RetiredAt.Add(keep)
	}
	switch {
	case !until.IsZero() && !now.Before(until):
		return Ended, until
	case !until.IsZero() && !now.Before(k.RetiredAt):
		return Retiring, until
	case now.Before(k.SignsAt):
		return Next, until
	}
	return Signs, until
}
