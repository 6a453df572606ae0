package memory

import (
	"bytes"
	"context"

	"github.com/acrhost/acrhost/host/store"
)

// Secret is store.Secrets.
func (s *Store) Secret(_ context.Context, name string) ([]byte, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	sealed, ok := s.secrets[name]
	if !ok {
		return nil, store.ErrNotFound
	}
	return bytes.Clone(sealed), nil
}

// AddSecret is store.Secrets.
func (s *Store) AddSecret(_ context.Context, name string, sealed []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.secrets[name]; ok {
		return store.ErrConflict
	}
	s.secrets[name] = bytes.Clone(sealed)
	return nil
}
