package token

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/acrhost/acrhost/host/store"
)

// Sealer encrypts private keys for the store, each bound to the record that kind
// and id name: Open fails unless both are those of Seal. A store.Sealer is one.
type Sealer interface {
	Seal(kind, id string, plain []byte) []byte
	Open(kind, id string, sealed []byte) ([]byte, error)
}

// Keys are the provider's signing keys. It is immutable and safe for concurrent
// use.
type Keys struct {
	now  func() time.Time
	byID map[string]*key
	// signs has the key that signs, by algorithm.
	signs map[string]*key
	jwks  []byte
	etag  string
}

// Open reads the signing keys, and makes those that are missing: one RS256 and
// one ES256 key. Of two hosts that do so at once, one stores its key and both
// use it. now is the clock that tokens are checked by.
func Open(ctx context.Context, keys store.SigningKeys, sealer Sealer, now func() time.Time) (*Keys, error) {
	stored, err := keys.SigningKeys(ctx)
	if err != nil {
		return nil, fmt.Errorf("read signing keys: %w", err)
	}
	added, err := addMissing(ctx, keys, stored, sealer, now())
	if err != nil {
		return nil, err
	}
	if added {
		// Read again also what was just written: another host may have been first.
		if stored, err = keys.SigningKeys(ctx); err != nil {
			return nil, fmt.Errorf("read signing keys: %w", err)
		}
	}
	return load(stored, sealer, now)
}

// addMissing stores a new key for each algorithm that no stored key signs with.
func addMissing(ctx context.Context, keys store.SigningKeys, stored []store.SigningKey, sealer Sealer, at time.Time) (added bool, err error) {
	for _, alg := range Algs() {
		if signsWith(stored, alg) {
			continue
		}
		k, err := generate(alg)
		if err != nil {
			return false, err
		}
		sealed, err := k.seal(sealer, at)
		if err != nil {
			return false, err
		}
		if err := keys.AddSigningKey(ctx, sealed); err != nil && !errors.Is(err, store.ErrConflict) {
			return false, fmt.Errorf("store signing key: %w", err)
		}
		added = true
	}
	return added, nil
}

func signsWith(stored []store.SigningKey, alg string) bool {
	for _, k := range stored {
		if k.Alg == alg && k.RetiredAt.IsZero() {
			return true
		}
	}
	return false
}

// load opens every stored key. One that can't be opened is an error, not a gap:
// the tokens that it signed would turn invalid without a word.
func load(stored []store.SigningKey, sealer Sealer, now func() time.Time) (*Keys, error) {
	ks := &Keys{now: now, byID: map[string]*key{}, signs: map[string]*key{}}
	var all []*key
	for _, s := range stored {
		k, err := unseal(sealer, s)
		if err != nil {
			return nil, err
		}
		all = append(all, k)
		ks.byID[k.id] = k
		if !k.retired {
			ks.signs[string(k.alg)] = k // oldest first: the newest wins
		}
	}
	for _, alg := range Algs() {
		if ks.signs[alg] == nil {
			return nil, fmt.Errorf("no %s key to sign with", alg)
		}
	}
	var err error
	ks.jwks, ks.etag, err = publish(all)
	return ks, err
}
