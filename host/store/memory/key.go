package memory

import (
	"bytes"
	"context"
	"slices"

	"github.com/acrhost/acrhost/host/store"
)

// SigningKeys is store.SigningKeys.
func (s *Store) SigningKeys(context.Context) ([]store.SigningKey, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	keys := slices.Clone(s.keys)
	for i := range keys {
		keys[i].Sealed = bytes.Clone(keys[i].Sealed)
	}
	slices.SortStableFunc(keys, func(a, b store.SigningKey) int { return a.CreatedAt.Compare(b.CreatedAt) })
	return keys, nil
}

// AddSigningKey is store.SigningKeys.
func (s *Store) AddSigningKey(_ context.Context, k store.SigningKey) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, other := range s.keys {
		bothSign := other.RetiredAt.IsZero() && k.RetiredAt.IsZero() && other.Alg == k.Alg
		if other.ID == k.ID || bothSign {
			return store.ErrConflict
		}
	}
	k.Sealed = bytes.Clone(k.Sealed)
	k.CreatedAt, k.RetiredAt = kept(k.CreatedAt), kept(k.RetiredAt)
	s.keys = append(s.keys, k)
	return nil
}
