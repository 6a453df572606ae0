package memory

import (
	"bytes"
	"context"
	"slices"
	"time"

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
	k.CreatedAt, k.SignsAt, k.RetiredAt = kept(k.CreatedAt), kept(k.SignsAt), kept(k.RetiredAt)
	s.keys = append(s.keys, k)
	return nil
}

// RotateSigningKey is store.SigningKeys.
func (s *Store) RotateSigningKey(_ context.Context, last string, k store.SigningKey) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	isLast := slices.ContainsFunc(s.keys, func(old store.SigningKey) bool {
		return old.ID == last && old.Alg == k.Alg && old.RetiredAt.IsZero()
	})
	taken := slices.ContainsFunc(s.keys, func(old store.SigningKey) bool { return old.ID == k.ID })
	if !isLast || taken {
		return store.ErrConflict
	}
	k.Sealed = bytes.Clone(k.Sealed)
	k.CreatedAt, k.SignsAt, k.RetiredAt = kept(k.CreatedAt), kept(k.SignsAt), time.Time{}
	for i, old := range s.keys {
		if old.Alg == k.Alg && (old.RetiredAt.IsZero() || old.RetiredAt.After(k.SignsAt)) {
			s.keys[i].RetiredAt = k.SignsAt
		}
	}
	s.keys = append(s.keys, k)
	return nil
}

// RemoveSigningKey is store.SigningKeys.
func (s *Store) RemoveSigningKey(_ context.Context, id string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	before := len(s.keys)
	s.keys = slices.DeleteFunc(s.keys, func(k store.SigningKey) bool { return k.ID == id })
	if len(s.keys) == before {
		return store.ErrNotFound
	}
	return nil
}
