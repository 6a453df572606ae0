package memory

import (
	"context"
	"fmt"

	"github.com/acrhost/acrhost/host/store"
)

// maxEvents bounds the audit log: a benchmark must not run out of memory.
const maxEvents = 100_000

// AddEvent is store.Audit.
func (s *Store) AddEvent(_ context.Context, e store.Event) error {
	details, err := copyObject(e.Details)
	if err != nil {
		return fmt.Errorf("details of event %s: %w", e.Type, err)
	}
	e.At, e.Details = kept(e.At), details
	s.mu.Lock()
	defer s.mu.Unlock()
	s.events = addLast(s.events, e, maxEvents)
	return nil
}

// Events is store.Audit.
func (s *Store) Events(_ context.Context, limit int) ([]store.Event, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	events := newest(s.events, limit)
	for i := range events {
		details, err := copyObject(events[i].Details)
		if err != nil {
			return nil, err
		}
		events[i].Details = details
	}
	return events, nil
}

// AddMessage is store.Outbox.
func (s *Store) AddMessage(_ context.Context, m store.Message) error {
	m.At = kept(m.At)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.messages = addLast(s.messages, m, store.OutboxSize)
	return nil
}

// Messages is store.Outbox.
func (s *Store) Messages(_ context.Context, limit int) ([]store.Message, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return newest(s.messages, limit), nil
}

// addLast appends and keeps the last size elements. append moves the elements to
// a new array now and then, which frees those that were cut off.
func addLast[T any](all []T, one T, size int) []T {
	all = append(all, one)
	return all[max(0, len(all)-size):]
}

// newest copies at most limit elements, the last one first.
func newest[T any](all []T, limit int) []T {
	var found []T
	for i := len(all) - 1; i >= 0 && len(found) < limit; i-- {
		found = append(found, all[i])
	}
	return found
}
