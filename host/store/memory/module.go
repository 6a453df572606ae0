package memory

import (
	"context"
	"maps"
	"slices"

	"github.com/acrhost/acrhost/host/store"
)

// RevokeModule is store.Modules.
func (s *Store) RevokeModule(_ context.Context, m store.RevokedModule) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	m.At = kept(m.At)
	if _, ok := s.modules[m.Digest]; !ok {
		s.modules[m.Digest] = m
	}
	n := 0
	for id, g := range s.grants {
		if !g.RevokedAt.IsZero() || !g.ExpiresAt.After(s.now()) || !slices.Contains(g.RestsOn, m.Digest) {
			continue
		}
		g.RevokedAt = m.At
		s.grants[id] = g
		s.deleteGroup(id)
		n++
	}
	return n, nil
}

// AllowModule is store.Modules.
func (s *Store) AllowModule(_ context.Context, digest string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.modules[digest]; !ok {
		return store.ErrNotFound
	}
	delete(s.modules, digest)
	return nil
}

// RevokedModules is store.Modules.
func (s *Store) RevokedModules(context.Context) ([]store.RevokedModule, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	var all []store.RevokedModule
	for _, digest := range slices.Sorted(maps.Keys(s.modules)) {
		all = append(all, s.modules[digest])
	}
	return all, nil
}
