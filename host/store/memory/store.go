package memory

import (
	"sync"
	"time"

	"github.com/acrhost/acrhost/host/store"
)

// Store is a store.Store. Safe for concurrent use.
type Store struct {
	now func() time.Time

	// mu guards all below. One lock for everything makes what spans several maps,
	// such as RevokeGrant, atomic without further thought.
	mu          sync.RWMutex
	records     map[recordID]store.Record
	groups      map[string]map[recordID]struct{}
	users       map[string]store.User
	names       map[string]string // the user's id by normalized name
	credentials map[string]store.Credential
	grants      map[string]store.Grant
	modules     map[string]store.RevokedModule
	keys        []store.SigningKey
	secrets     map[string][]byte
	events      []store.Event
	messages    []store.Message
}

type recordID struct {
	kind store.Kind
	id   string
}

// New makes an empty store.
func New() *Store { return NewWithClock(time.Now) }

// NewWithClock makes an empty store in which records expire by the given clock.
func NewWithClock(now func() time.Time) *Store {
	return &Store{
		now:         now,
		records:     map[recordID]store.Record{},
		groups:      map[string]map[recordID]struct{}{},
		users:       map[string]store.User{},
		names:       map[string]string{},
		credentials: map[string]store.Credential{},
		grants:      map[string]store.Grant{},
		modules:     map[string]store.RevokedModule{},
		secrets:     map[string][]byte{},
	}
}

// Close forgets nothing: there is nothing to release.
func (*Store) Close() error { return nil }

// kept is a time as the store keeps it: see store.Store.
func kept(t time.Time) time.Time { return t.UTC().Truncate(time.Microsecond) }

// next checks the version of a Put: stored is the version that the store has, 0
// for none. It returns the version to store.
func next(given, stored int64) (int64, error) {
	if given != stored {
		return 0, store.ErrConflict
	}
	return stored + 1, nil
}
