package token_test

import (
	"context"
	"encoding/json"
	"sync"
	"testing"
	"time"

	"github.com/acrhost/acrhost/host/store"
	"github.com/acrhost/acrhost/host/token"
)

// keyStore keeps signing keys by the law of store.SigningKeys.
type keyStore struct {
	mu   sync.Mutex
	keys []store.SigningKey
	// late makes all first readers see an empty store, so that all add keys at once.
	late *sync.WaitGroup
}

func (s *keyStore) SigningKeys(context.Context) ([]store.SigningKey, error) {
	s.mu.Lock()
	keys := append([]store.SigningKey(nil), s.keys...)
	late := s.late
	s.mu.Unlock()
	if late != nil && len(keys) == 0 {
		late.Done()
		late.Wait()
	}
	return keys, nil
}

func (s *keyStore) AddSigningKey(_ context.Context, k store.SigningKey) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, old := range s.keys {
		if old.Alg == k.Alg && old.RetiredAt.IsZero() {
			return store.ErrConflict
		}
	}
	s.keys = append(s.keys, k)
	return nil
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
