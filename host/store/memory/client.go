package memory

import (
	"bytes"
	"context"
	"maps"
	"slices"
	"time"

	"github.com/acrhost/acrhost/host/store"
)

// Client is store.Clients.
func (s *Store) Client(_ context.Context, id string) (store.Client, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	c, ok := s.clients[id]
	if !ok {
		return store.Client{}, store.ErrNotFound
	}
	return copyClient(c), nil
}

// PutClient is store.Clients.
func (s *Store) PutClient(_ context.Context, c store.Client, most int) (int64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	version, err := next(c.Version, s.clients[c.ID].Version)
	if err != nil {
		return 0, err
	}
	if c.Registered && version == 1 && most > 0 && s.registered() >= most {
		return 0, store.ErrFull
	}
	c = copyClient(c)
	c.Version, c.CreatedAt, c.UpdatedAt = version, kept(c.CreatedAt), kept(c.UpdatedAt)
	s.clients[c.ID] = c
	return version, nil
}

func (s *Store) registered() (n int) {
	for _, c := range s.clients {
		if c.Registered {
			n++
		}
	}
	return n
}

// ListClients is store.Clients.
func (s *Store) ListClients(_ context.Context, after string, limit int) ([]store.Client, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	var found []store.Client
	for _, id := range slices.Sorted(maps.Keys(s.clients)) {
		if len(found) < limit && id > after {
			found = append(found, copyClient(s.clients[id]))
		}
	}
	return found, nil
}

// RemoveClient is store.Clients.
func (s *Store) RemoveClient(_ context.Context, id string, at time.Time) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.clients[id]; !ok {
		return 0, store.ErrNotFound
	}
	delete(s.clients, id)
	for of := range s.consents {
		if of.client == id {
			delete(s.consents, of)
		}
	}
	return s.endGrants(id, "", at), nil
}

func copyClient(c store.Client) store.Client {
	c.Settings, c.Metadata = bytes.Clone(c.Settings), bytes.Clone(c.Metadata)
	c.SecretHash, c.TokenHash = bytes.Clone(c.SecretHash), bytes.Clone(c.TokenHash)
	return c
}
