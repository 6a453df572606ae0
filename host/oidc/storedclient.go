package oidc

import (
	"context"
	"crypto/sha256"
	"errors"
	"sync"
	"time"

	"github.com/acrhost/acrhost/host/config"
	"github.com/acrhost/acrhost/host/store"
)

const (
	// clientFresh is how long a client of the store is used unseen: so long, at most, does
	// another process's change take to count here.
	clientFresh = 2 * time.Second
	// maxClients bounds how many are remembered: whoever may register must not fill the
	// memory.
	maxClients = 1024
	// maxClientID is the longest id that is looked for, in bytes.
	maxClientID = 256
)

// remembered is a client of the store that was read before.
type remembered struct {
	client *client
	row    rowID
	seen   time.Time
}

// rowID tells a kept client from one of the same id that took its place.
type rowID struct {
	version int64
	updated time.Time
}

// clientMemory are the clients of the store that were used last. What it saves is not so
// much the look into the store as the keys that were fetched from a client's jwks_uri.
type clientMemory struct {
	mu   sync.Mutex
	byID map[string]remembered
}

func (m *clientMemory) get(id string) (remembered, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	r, ok := m.byID[id]
	return r, ok
}

func (m *clientMemory) put(id string, r remembered) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.byID == nil || len(m.byID) >= maxClients {
		m.byID = map[string]remembered{} // all of them can be read again
	}
	m.byID[id] = r
}

func (m *clientMemory) forget(id string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.byID, id)
}

// noClient says of an error of Provider.client that there is none to be had: it is gone, or
// the configuration does not allow it any more, say because its journey is gone. Either is
// between the client and its operator. It is no fault of the host's, and keeps no user from
// signing out.
func noClient(err error) bool {
	_, unusable := errors.AsType[config.Faults](err)
	return unusable || errors.Is(err, store.ErrNotFound)
}

// storedClient finds a client of the store.
func (p *Provider) storedClient(ctx context.Context, id string) (*client, error) {
	if p.Stored == nil || id == "" || len(id) > maxClientID {
		return nil, store.ErrNotFound
	}
	now := p.Now()
	known, ok := p.memory.get(id)
	if age := now.Sub(known.seen); ok && age >= 0 && age < clientFresh {
		return known.client, nil
	}
	found, err := p.Stored.Find(ctx, id)
	if err != nil {
		p.memory.forget(id)
		return nil, err
	}
	if row := (rowID{found.Version, found.UpdatedAt}); !ok || known.row != row {
		c := newClient(found.Config)
		c.registered = found.Registered
		c.keys = p.keysOf(c)
		if len(found.SecretHash) == sha256.Size {
			c.secret, c.hasSecret = [sha256.Size]byte(found.SecretHash), true
		}
		known.client, known.row = c, row
	}
	known.seen = now
	p.memory.put(id, known)
	return known.client, nil
}
