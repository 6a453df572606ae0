package clientkey

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

// How long a fetched set is used, and how often it may be fetched. A key that a
// client takes back is believed for keepFor, and for staleFor while the client's
// server is down. A stranger who sends unknown key names makes one request in
// refetchAfter, whatever they send.
const (
	keepFor      = 10 * time.Minute
	staleFor     = time.Hour
	refetchAfter = 30 * time.Second
)

// Keys are the public keys of one client. It is safe for concurrent use.
type Keys struct {
	fixed *Set

	uri   string
	fetch *Fetcher
	now   func() time.Time

	mu      sync.Mutex // held while the set is fetched: callers wait for one request
	known   *Set
	knownAt time.Time
	triedAt time.Time
	lastErr error
}

// Fixed are the keys of a set that never changes.
func Fixed(s *Set) *Keys { return &Keys{fixed: s} }

// Remote are the keys of the set at an address (jwks_uri of RFC 7591 2). Nothing is
// fetched yet: a client that is down must not keep the host from starting.
func Remote(uri string, fetch *Fetcher, now func() time.Time) *Keys {
	return &Keys{uri: uri, fetch: fetch, now: now}
}

// find is the key that a header means.
func (k *Keys) find(ctx context.Context, h header) (*key, error) {
	return k.look(ctx, func(s *Set) (*key, error) { return s.find(h) })
}

// look finds a key. One that is not known is looked for in a new copy of the set, so that
// a client may change its keys at any time.
func (k *Keys) look(ctx context.Context, in func(*Set) (*key, error)) (*key, error) {
	if k.fixed != nil {
		return in(k.fixed)
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	now := k.now()
	if k.known != nil && now.Sub(k.knownAt) < keepFor {
		found, err := in(k.known)
		if err == nil || !errors.Is(err, ErrUnknownKey) {
			return found, err
		}
	}
	if k.triedAt.IsZero() || now.Sub(k.triedAt) >= refetchAfter {
		k.refetch(ctx, now)
	}
	if k.known == nil || now.Sub(k.knownAt) >= staleFor {
		return nil, k.lastErr
	}
	found, err := in(k.known)
	if err != nil {
		return nil, errors.Join(err, k.lastErr)
	}
	return found, nil
}

// refetch reads the set again. Until that succeeds the old one stays.
func (k *Keys) refetch(ctx context.Context, now time.Time) {
	k.triedAt = now
	text, err := k.fetch.Get(ctx, k.uri, MaxSet)
	if err != nil {
		k.lastErr = fmt.Errorf("fetch the client's keys: %w", err)
		return
	}
	next, err := Parse(text)
	if err != nil {
		k.lastErr = fmt.Errorf("read the client's keys: %w", err)
		return
	}
	k.known, k.knownAt, k.lastErr = next, now, nil
}
