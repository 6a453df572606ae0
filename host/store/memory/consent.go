package memory

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/acrhost/acrhost/host/store"
)

type consentID struct{ user, client string }

// Consent is store.Consents.
func (s *Store) Consent(_ context.Context, userID, clientID string) (store.Consent, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	c, ok := s.consents[consentID{userID, clientID}]
	if !ok {
		return store.Consent{}, store.ErrNotFound
	}
	return copyConsent(c), nil
}

// AddConsent is store.Consents.
func (s *Store) AddConsent(_ context.Context, c store.Consent) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.users[c.UserID]; !ok {
		return store.ErrNotFound
	}
	of := consentID{c.UserID, c.ClientID}
	c.Scope, c.Claims = joined(c.Scope, s.consents[of].Scope), joined(c.Claims, s.consents[of].Claims)
	c.GivenAt = kept(c.GivenAt)
	s.consents[of] = c
	return nil
}

// ConsentsOf is store.Consents.
func (s *Store) ConsentsOf(_ context.Context, userID string) ([]store.Consent, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	var found []store.Consent
	for of, c := range s.consents {
		if of.user == userID {
			found = append(found, copyConsent(c))
		}
	}
	slices.SortFunc(found, func(a, b store.Consent) int { return cmp.Compare(a.ClientID, b.ClientID) })
	return found, nil
}

// RemoveConsent is store.Consents.
func (s *Store) RemoveConsent(_ context.Context, userID, clientID string, at time.Time) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	of := consentID{userID, clientID}
	if _, ok := s.consents[of]; !ok {
		return 0, store.ErrNotFound
	}
	delete(s.consents, of)
	return s.endGrants(clientID, userID, at), nil
}

// EndGrants is store.Consents.
func (s *Store) EndGrants(_ context.Context, clientID, userID string, at time.Time) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.endGrants(clientID, userID, at), nil
}

// endGrants is EndGrants with the lock held.
func (s *Store) endGrants(clientID, userID string, at time.Time) (n int) {
	for id, g := range s.grants {
		ended := !g.RevokedAt.IsZero() || !g.ExpiresAt.After(s.now())
		if ended || g.ClientID != clientID || userID != "" && g.UserID != userID {
			continue
		}
		g.RevokedAt = kept(at)
		s.grants[id] = g
		s.deleteGroup(id)
		n++
	}
	return n
}

// joined has each name of both lists once, sorted.
func joined(a, b []string) []string {
	all := slices.Concat(a, b)
	slices.Sort(all)
	return slices.Compact(all)
}

func copyConsent(c store.Consent) store.Consent {
	c.Scope, c.Claims = slices.Clone(c.Scope), slices.Clone(c.Claims)
	return c
}
