package session

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/acrhost/acrhost/host/store"
)

// MaxListed is how many sessions of a user are listed.
const MaxListed = 100

// Of are a user's sessions, the newest first, at most MaxListed.
func (s *Store) Of(ctx context.Context, userID string) ([]*Session, error) {
	stored, err := s.Artifacts.Group(ctx, store.Session, store.SessionsOf(userID), MaxListed)
	if err != nil {
		return nil, fmt.Errorf("list sessions: %w", err)
	}
	all := make([]*Session, 0, len(stored))
	for _, r := range stored {
		one, err := s.open(ctx, r)
		if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	slices.SortStableFunc(all, func(a, b *Session) int { return b.ExpiresAt.Compare(a.ExpiresAt) })
	return all, nil
}

// EndOf ends one of a user's sessions by its key: store.ErrNotFound when it is none
// of theirs, or has ended.
func (s *Store) EndOf(ctx context.Context, userID, key string) error {
	stored, err := s.Artifacts.Get(ctx, store.Session, key)
	if err == nil && stored.Group != store.SessionsOf(userID) {
		err = store.ErrNotFound
	}
	if err == nil {
		// A key is never given again: what is taken is what was looked at.
		err = s.take(ctx, stored)
	}
	if err != nil {
		return fmt.Errorf("end session: %w", err)
	}
	return nil
}

// EndOthers ends all of a user's sessions but the one with a key, and counts them.
func (s *Store) EndOthers(ctx context.Context, userID, key string) (int, error) {
	ended := 0
	for {
		all, err := s.Artifacts.Group(ctx, store.Session, store.SessionsOf(userID), MaxListed)
		if err != nil {
			return ended, fmt.Errorf("list sessions: %w", err)
		}
		others := slices.DeleteFunc(all, func(r store.Record) bool { return r.ID == key })
		if len(others) == 0 {
			return ended, nil
		}
		for _, r := range others {
			err := s.take(ctx, r)
			if err != nil && !errors.Is(err, store.ErrNotFound) {
				return ended, fmt.Errorf("end session: %w", err)
			}
			ended++
		}
	}
}
