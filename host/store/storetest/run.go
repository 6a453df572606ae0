package storetest

import (
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/acrhost/acrhost/host/store"
)

// Open gives a test an empty store in which things expire by the given clock.
// It sees to it that the store is closed when the test ends.
type Open func(t *testing.T, now func() time.Time) store.Store

// Run holds a backend to the law.
func Run(t *testing.T, open Open) {
	t.Run("artifacts", func(t *testing.T) { artifacts(t, open) })
	t.Run("changes", func(t *testing.T) { changes(t, open) })
	t.Run("together", func(t *testing.T) { pending(t, open) })
	t.Run("users", func(t *testing.T) { users(t, open) })
	t.Run("credentials", func(t *testing.T) { credentials(t, open) })
	t.Run("grants", func(t *testing.T) { grants(t, open) })
	t.Run("modules", func(t *testing.T) { modules(t, open) })
	t.Run("clients", func(t *testing.T) { clients(t, open) })
	t.Run("consents", func(t *testing.T) { consents(t, open) })
	t.Run("signing keys", func(t *testing.T) { signingKeys(t, open) })
	t.Run("rotation", func(t *testing.T) { rotation(t, open) })
	t.Run("secrets", func(t *testing.T) { secrets(t, open) })
	t.Run("logs", func(t *testing.T) { logs(t, open) })
	t.Run("hammer", func(t *testing.T) { hammer(t, open) })
}

// clock is a time that only a test moves.
type clock struct{ offset atomic.Int64 }

var start = time.Date(2026, 2, 3, 4, 5, 6, 789_123_000, time.UTC)

func (c *clock) now() time.Time          { return start.Add(time.Duration(c.offset.Load())) }
func (c *clock) advance(d time.Duration) { c.offset.Add(int64(d)) }

// begin opens a store for one test, with a clock of its own.
func begin(t *testing.T, open Open) (store.Store, *clock) {
	t.Helper()
	c := &clock{}
	return open(t, c.now), c
}

// equal compares what came back with what went in; an empty list is as good as none.
func equal(t *testing.T, got, want any) {
	t.Helper()
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// must ends the test on an error.
func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
