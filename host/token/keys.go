package token

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/acrhost/acrhost/host/store"
)

// Sealer encrypts private keys for the store, each bound to the record that kind
// and id name: Open fails unless both are those of Seal. A store.Sealer is one.
type Sealer interface {
	Seal(kind, id string, plain []byte) []byte
	Open(kind, id string, sealed []byte) ([]byte, error)
}

// Keys are the provider's signing keys, as they were last read from the store. It is
// safe for concurrent use.
type Keys struct {
	now    func() time.Time
	store  store.SigningKeys
	sealer Sealer

	read sync.Mutex // held while the keys are read, so that none is put back
	ring atomic.Pointer[ring]

	known known
}

// Open reads the signing keys, and makes those that are missing: one for each
// algorithm. Of two hosts that do so at once, one stores its key and both use it. now is
// the clock that tokens are checked by.
func Open(ctx context.Context, keys store.SigningKeys, sealer Sealer, now func() time.Time) (*Keys, error) {
	ks := &Keys{now: now, store: keys, sealer: sealer}
	stored, err := keys.SigningKeys(ctx)
	if err != nil {
		return nil, fmt.Errorf("read signing keys: %w", err)
	}
	if err := ks.addMissing(ctx, stored); err != nil {
		return nil, err
	}
	// Read again also what was just written: another host may have been first.
	return ks, ks.Refresh(ctx)
}

// addMissing stores a new key for each algorithm that has no last one.
func (ks *Keys) addMissing(ctx context.Context, stored []store.SigningKey) error {
	for _, alg := range Algs() {
		if _, found := lastOf(stored, alg); found {
			continue
		}
		at := ks.now()
		sealed, err := newSealed(ks.sealer, alg, at, at)
		if err != nil {
			return err
		}
		if err := ks.store.AddSigningKey(ctx, sealed); err != nil && !errors.Is(err, store.ErrConflict) {
			return fmt.Errorf("store signing key: %w", err)
		}
	}
	return nil
}

// lastOf is the key of an algorithm that nothing takes the place of yet.
func lastOf(stored []store.SigningKey, alg string) (store.SigningKey, bool) {
	for _, k := range stored {
		if k.Alg == alg && k.RetiredAt.IsZero() {
			return k, true
		}
	}
	return store.SigningKey{}, false
}

// Refresh reads the keys again: another host, or an operator, may have changed them. On
// an error what was read before stays.
func (ks *Keys) Refresh(ctx context.Context) error {
	ks.read.Lock()
	defer ks.read.Unlock()
	stored, err := ks.store.SigningKeys(ctx)
	if err != nil {
		return fmt.Errorf("read signing keys: %w", err)
	}
	next, err := load(stored, ks.sealer, ks.ring.Load())
	if err == nil {
		ks.ring.Store(next)
	}
	return err
}
