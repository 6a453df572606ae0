package session

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/acrhost/acrhost/host/journey"
	"github.com/acrhost/acrhost/host/store"
)

// DefaultTTL is how long a session lives after its last login.
const DefaultTTL = 12 * time.Hour

// Store finds and keeps sessions. It is safe for concurrent use.
type Store struct {
	Artifacts store.Artifacts
	TTL       time.Duration    // 0: DefaultTTL
	Now       func() time.Time // nil: time.Now
	Secure    bool             // cookies on https only
	// StateKey makes the cookie StateCookie; nil: there is none.
	StateKey []byte
	// Modules says which modules are revoked: evidence of theirs does not count. nil: none is.
	Modules store.Modules
}

func (s *Store) now() time.Time {
	if s.Now == nil {
		return time.Now()
	}
	return s.Now()
}

func (s *Store) ttl() time.Duration {
	if s.TTL == 0 {
		return DefaultTTL
	}
	return s.TTL
}

// Lookup finds the session of the browser that made a request; nil when it has
// none, or one that has ended.
func (s *Store) Lookup(r *http.Request) (*Session, error) {
	secret, ok := s.secret(r)
	if !ok {
		return nil, nil
	}
	stored, err := s.Artifacts.Get(r.Context(), store.Session, store.Key(secret))
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("find session: %w", err)
	}
	return s.open(r.Context(), stored)
}

func (s *Store) open(ctx context.Context, stored store.Record) (*Session, error) {
	var data record
	if err := store.Decode(stored.Data, &data); err != nil {
		return nil, fmt.Errorf("read session: %w", err)
	}
	counting, err := s.unrevoked(ctx, since(s.now().Add(-s.ttl()), data.Evidence))
	if err != nil {
		return nil, err
	}
	return &Session{
		Key:       stored.ID,
		ID:        data.sessionID(stored),
		UserID:    data.UserID,
		StartedAt: data.StartedAt,
		ExpiresAt: stored.ExpiresAt,
		Place:     data.Place,
		Evidence:  counting,
	}, nil
}

// Renew begins a session under a new id, for a user who has just proven
// something at a place. The evidence of the old session is taken over when it was the same
// user's; another user inherits nothing. The old id ends here: whoever planted or
// stole it holds nothing (session fixation). old may be nil.
//
// The cookie is the caller's to set, and to keep secret.
func (s *Store) Renew(ctx context.Context, old *Session, userID string, at Place, fresh []journey.Evidence) (*Session, *http.Cookie, error) {
	now := s.now()
	next := &Session{ID: rand.Text(), UserID: userID, StartedAt: now, ExpiresAt: now.Add(s.ttl()), Place: at.bounded()}
	var kept []journey.Evidence
	if old != nil && old.UserID == userID {
		kept, next.StartedAt, next.ID = old.Evidence, old.StartedAt, old.ID
	}
	next.Evidence = since(now.Add(-s.ttl()), merge(kept, fresh))
	data, err := json.Marshal(record{Place: next.Place, ID: next.ID, UserID: userID, StartedAt: next.StartedAt, Evidence: next.Evidence})
	if err != nil {
		return nil, nil, fmt.Errorf("store session: %w", err)
	}
	secret := store.NearSecret(now, rand.Text())
	next.Key = store.Key(secret)
	_, err = s.Artifacts.Put(ctx, store.Record{
		Kind: store.Session, ID: next.Key, Group: store.SessionsOf(userID), Data: data, ExpiresAt: next.ExpiresAt,
	})
	if err != nil {
		return nil, nil, fmt.Errorf("store session: %w", err)
	}
	if old != nil {
		if err := s.replace(ctx, old, userID); err != nil {
			return nil, nil, err
		}
	}
	return next, s.cookie(secret, 0), nil
}

// End ends the session of the browser that made a request, and deletes its
// cookie. It is no error when there is none.
func (s *Store) End(w http.ResponseWriter, r *http.Request) error {
	secret, ok := s.secret(r)
	if !ok {
		return nil
	}
	if err := s.end(r.Context(), store.Key(secret)); err != nil {
		return err
	}
	http.SetCookie(w, s.cookie("", -1))
	if len(s.StateKey) > 0 {
		http.SetCookie(w, s.stateCookie("", -1))
	}
	return nil
}

// replace ends the session before. For the same user it goes on under the new key; that of
// another user is over, and its clients are told.
func (s *Store) replace(ctx context.Context, old *Session, userID string) error {
	if old.UserID != userID {
		return s.end(ctx, old.Key)
	}
	if _, err := s.Artifacts.Take(ctx, store.Session, old.Key); err != nil && !errors.Is(err, store.ErrNotFound) {
		return fmt.Errorf("end session: %w", err)
	}
	return nil
}

func (s *Store) end(ctx context.Context, key string) error {
	stored, err := s.Artifacts.Get(ctx, store.Session, key)
	if err == nil {
		err = s.take(ctx, stored)
	}
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return fmt.Errorf("end session: %w", err)
	}
	return nil
}
