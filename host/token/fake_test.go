package token_test

import (
	"context"
	"encoding/json"
	"sync"
	"testing"
	"time"

	"github.com/acrhost/acrhost/host/store"
	"github.com/acrhost/acrhost/host/store/memory"
	"github.com/acrhost/acrhost/host/token"
)

// keyStore keeps signing keys in memory.
type keyStore struct {
	*memory.Store
	// late makes all first readers see an empty store, so that all add keys at once.
	late *sync.WaitGroup
	// meanwhile happens once, after a reader has read.
	meanwhile func()
}

func newStore() *keyStore { return &keyStore{Store: memory.New()} }

func (s *keyStore) SigningKeys(ctx context.Context) ([]store.SigningKey, error) {
	keys, err := s.Store.SigningKeys(ctx)
	if s.late != nil && len(keys) == 0 {
		s.late.Done()
		s.late.Wait()
	}
	if do := s.meanwhile; do != nil {
		s.meanwhile = nil
		do()
	}
	return keys, err
}

// all are the stored keys.
func (s *keyStore) all(t *testing.T) []store.SigningKey {
	t.Helper()
	keys, err := s.Store.SigningKeys(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

// put replaces all stored keys.
func (s *keyStore) put(t *testing.T, keys []store.SigningKey) {
	t.Helper()
	s.Store = memory.New()
	for _, k := range keys {
		if err := s.AddSigningKey(t.Context(), k); err != nil {
			t.Fatal(err)
		}
	}
}

// sealer is a real one: what the keys are bound to is part of what is tested.
func sealer() *store.Sealer {
	s, err := store.NewSealer(make([]byte, store.SealKeySize))
	if err != nil {
		panic(err)
	}
	return s
}

// at is when the tests take place.
func at() time.Time { return time.Date(2026, 11, 23, 7, 0, 0, 0, time.UTC) }

func open(t testing.TB, s *keyStore) *token.Keys {
	t.Helper()
	keys, err := token.Open(t.Context(), s, sealer(), at)
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

func decode(t *testing.T, text []byte) map[string]any {
	t.Helper()
	var m map[string]any
	if err := json.Unmarshal(text, &m); err != nil {
		t.Fatalf("not a JSON object: %v", err)
	}
	return m
}
