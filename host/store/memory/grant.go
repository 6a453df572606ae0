package memory

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/acrhost/acrhost/host/store"
)

// PutGrant is store.Grants.
func (s *Store) PutGrant(_ context.Context, g store.Grant) error {
	if g.ExpiresAt.IsZero() {
		return store.ErrNoExpiry
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.grants[g.ID]; ok {
		return store.ErrConflict
	}
	for _, digest := range g.RestsOn {
		if _, ok := s.modules[digest]; ok {
			return store.ErrRevokedModule
		}
	}
	g = g.Clone()
	g.AuthTime, g.CreatedAt = kept(g.AuthTime), kept(g.CreatedAt)
	g.ExpiresAt, g.RevokedAt = kept(g.ExpiresAt), kept(g.RevokedAt)
	s.grants[g.ID] = g
	return nil
}

// Grant is store.Grants.
func (s *Store) Grant(_ context.Context, id string) (store.Grant, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	g, ok := s.grants[id]
	if !ok || !g.ExpiresAt.After(s.now()) {
		return store.Grant{}, store.ErrNotFound
	}
	return g.Clone(), nil
}

// ListGrants is store.Grants.
func (s *Store) ListGrants(_ context.Context, fits store.GrantFilter, after string, limit int) ([]store.Grant, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	var found []store.Grant
	for _, id := range slices.Sorted(maps.Keys(s.grants)) {
		g := s.grants[id]
		if len(found) < limit && id > after && g.ExpiresAt.After(s.now()) && isOf(g, fits) {
			found = append(found, g.Clone())
		}
	}
	return found, nil
}

func isOf(g store.Grant, f store.GrantFilter) bool {
	return (f.UserID == "" || f.UserID == g.UserID) && (f.ClientID == "" || f.ClientID == g.ClientID) &&
		(f.RestsOn == "" || slices.Contains(g.RestsOn, f.RestsOn))
}

// RevokeGrant is store.Grants.
func (s *Store) RevokeGrant(_ context.Context, id string, at time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	g, ok := s.grants[id]
	if !ok || !g.ExpiresAt.After(s.now()) {
		return store.ErrNotFound
	}
	if g.RevokedAt.IsZero() {
		g.RevokedAt = kept(at)
		s.grants[id] = g
	}
	s.deleteGroup(id)
	return nil
}

// EndSession is store.Grants.
func (s *Store) EndSession(_ context.Context, sessionID, keep string, at time.Time) (n int, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for id, g := range s.grants {
		ended := !g.RevokedAt.IsZero() || !g.ExpiresAt.After(s.now())
		if ended || sessionID == "" || g.SessionID != sessionID || slices.Contains(g.Scope, keep) {
			continue
		}
		g.RevokedAt = kept(at)
		s.grants[id] = g
		s.deleteGroup(id)
		n++
	}
	return n, nil
}
