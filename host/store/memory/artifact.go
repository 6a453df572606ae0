package memory

import (
	"bytes"
	"context"
	"slices"
	"strings"

	"github.com/acrhost/acrhost/host/store"
)

// Get is store.Artifacts.
func (s *Store) Get(_ context.Context, kind store.Kind, id string) (store.Record, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	r, ok := s.live(recordID{kind, id})
	if !ok {
		return store.Record{}, store.ErrNotFound
	}
	r.Data = bytes.Clone(r.Data)
	return r, nil
}

// Put is store.Artifacts.
func (s *Store) Put(_ context.Context, r store.Record) (int64, error) {
	if r.ExpiresAt.IsZero() {
		return 0, store.ErrNoExpiry
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.put(r)
}

// Change is store.Artifacts.
func (s *Store) Change(_ context.Context, kind store.Kind, ids []string, decide func([]store.Record) ([]store.Record, error)) ([]store.Record, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	found := make([]store.Record, len(ids))
	for i, id := range ids {
		r, ok := s.live(recordID{kind, id})
		if !ok {
			r = store.Record{Kind: kind, ID: id}
		}
		r.Data = bytes.Clone(r.Data)
		found[i] = r
	}
	changed, err := decide(found)
	if err != nil {
		return nil, err
	}
	if err := store.CheckChanged(kind, ids, changed); err != nil {
		return nil, err
	}
	for i := range changed {
		if changed[i].Version, err = s.put(changed[i]); err != nil {
			return nil, err // never: nobody was in between
		}
	}
	return changed, nil
}

// put stores a record. The caller holds mu.
func (s *Store) put(r store.Record) (int64, error) {
	id := recordID{r.Kind, r.ID}
	stored := s.records[id].Version
	if _, ok := s.live(id); !ok && r.Version == 0 {
		// What replaces an expired record goes on from its version: who still holds
		// the expired one can't overwrite the new one.
		r.Version = stored
	} else if !ok || r.Version != stored {
		return 0, store.ErrConflict
	}
	r.Version++
	r.Data = bytes.Clone(r.Data)
	r.ExpiresAt = kept(r.ExpiresAt)
	s.remove(id)
	s.records[id] = r
	if r.Group != "" {
		if s.groups[r.Group] == nil {
			s.groups[r.Group] = map[recordID]struct{}{}
		}
		s.groups[r.Group][id] = struct{}{}
	}
	return r.Version, nil
}

// Take is store.Artifacts.
func (s *Store) Take(_ context.Context, kind store.Kind, id string) (store.Record, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, ok := s.live(recordID{kind, id})
	if !ok {
		return store.Record{}, store.ErrNotFound
	}
	s.remove(recordID{kind, id})
	return r, nil
}

// Group is store.Artifacts.
func (s *Store) Group(_ context.Context, kind store.Kind, group string, limit int) ([]store.Record, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	var found []store.Record
	for id := range s.groups[group] {
		if r, ok := s.live(id); ok && id.kind == kind {
			r.Data = bytes.Clone(r.Data)
			found = append(found, r)
		}
	}
	slices.SortFunc(found, func(a, b store.Record) int { return strings.Compare(a.ID, b.ID) })
	return found[:max(0, min(limit, len(found)))], nil
}

// DeleteGroup is store.Artifacts.
func (s *Store) DeleteGroup(_ context.Context, group string) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.deleteGroup(group), nil
}

// Sweep is store.Artifacts.
func (s *Store) Sweep(context.Context) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	n, now := 0, s.now()
	for id, r := range s.records {
		if !r.ExpiresAt.After(now) {
			s.remove(id)
			n++
		}
	}
	for id, g := range s.grants {
		if !g.ExpiresAt.After(now) {
			delete(s.grants, id)
			n++
		}
	}
	return n, nil
}

// live finds a record that has not expired. The caller holds mu.
func (s *Store) live(id recordID) (store.Record, bool) {
	r, ok := s.records[id]
	return r, ok && r.ExpiresAt.After(s.now())
}

// remove deletes a record, if there is one, from its group too. The caller holds mu.
func (s *Store) remove(id recordID) {
	group := s.records[id].Group
	delete(s.records, id)
	delete(s.groups[group], id)
	if len(s.groups[group]) == 0 {
		delete(s.groups, group)
	}
}

// deleteGroup counts only what had not expired yet. The caller holds mu.
func (s *Store) deleteGroup(group string) int {
	n := 0
	for id := range s.groups[group] {
		if _, ok := s.live(id); ok {
			n++
		}
		s.remove(id)
	}
	return n
}
