package session

import (
	"context"
	"fmt"
	"slices"

	"github.com/acrhost/acrhost/host/journey"
	"github.com/acrhost/acrhost/host/store"
)

// Revoked is the first of these modules that is revoked, or nil.
func (s *Store) Revoked(ctx context.Context, digests []string) (*store.RevokedModule, error) {
	revoked, err := s.revoked(ctx)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(revoked, func(m store.RevokedModule) bool { return slices.Contains(digests, m.Digest) })
	if i < 0 {
		return nil, nil
	}
	return &revoked[i], nil
}

func (s *Store) revoked(ctx context.Context) ([]store.RevokedModule, error) {
	if s.Modules == nil {
		return nil, nil
	}
	revoked, err := s.Modules.RevokedModules(ctx)
	if err != nil {
		return nil, fmt.Errorf("look for revoked modules: %w", err)
	}
	return revoked, nil
}

// unrevoked leaves out the evidence that came about in a call of a module that is revoked
// now. The session keeps it until its next renewal: it counts again if the module is
// allowed again before.
func (s *Store) unrevoked(ctx context.Context, all []journey.Evidence) ([]journey.Evidence, error) {
	revoked, err := s.revoked(ctx)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(all, func(e journey.Evidence) bool {
		return slices.ContainsFunc(revoked, func(m store.RevokedModule) bool { return m.Digest == e.Digest })
	}), nil
}
