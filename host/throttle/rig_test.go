package throttle_test

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"sync"
	"testing"
	"time"

	"github.com/acrhost/acrhost/host/store"
	"github.com/acrhost/acrhost/host/store/memory"
	"github.com/acrhost/acrhost/host/throttle"
)

// rig is a throttle over a store in memory, with a clock that tests move.
type rig struct {
	*throttle.Throttle
	t     *testing.T
	store *notes
	mu    sync.Mutex
	now   time.Time
}

// notes is a store that keeps count of what is written, and all of it.
type notes struct {
	store.Artifacts
	mu  sync.Mutex
	put []store.Record
}

func (n *notes) Put(ctx context.Context, r store.Record) (int64, error) {
	n.mu.Lock()
	n.put = append(n.put, r)
	n.mu.Unlock()
	return n.Artifacts.Put(ctx, r)
}

func (n *notes) Change(ctx context.Context, kind store.Kind, ids []string, decide func([]store.Record) ([]store.Record, error)) ([]store.Record, error) {
	changed, err := n.Artifacts.Change(ctx, kind, ids, decide)
	n.mu.Lock()
	n.put = append(n.put, changed...)
	n.mu.Unlock()
	return changed, err
}

func newRig(t *testing.T) *rig {
	r := &rig{t: t, now: time.Date(2026, 11, 23, 7, 0, 0, 0, time.UTC)}
	r.store = &notes{Artifacts: memory.NewWithClock(r.clock)}
	r.Throttle = r.over(r.store)
	return r
}

// over is a throttle as another host has it, over a store.
func (r *rig) over(artifacts store.Artifacts) *throttle.Throttle {
	r.t.Helper()
	sealer, err := store.NewSealer(make([]byte, store.SealKeySize))
	if err != nil {
		r.t.Fatal(err)
	}
	return throttle.New(throttle.Config{Artifacts: artifacts, Sealer: sealer, Now: r.clock})
}

func (r *rig) clock() time.Time {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.now
}

func (r *rig) pass(d time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.now = r.now.Add(d)
}

// begin is a counted attempt, or how long to wait.
func (r *rig) begin(a throttle.Attempt) (*throttle.Counted, time.Duration) {
	r.t.Helper()
	counted, err := r.Begin(r.t.Context(), a)
	if refused, ok := errors.AsType[*throttle.Later](err); ok {
		if refused.After <= 0 || counted != nil {
			r.t.Errorf("refused for %s, counted %v", refused.After, counted)
		}
		return nil, refused.After
	}
	if err != nil {
		r.t.Fatal(err)
	}
	return counted, 0
}

// guess is a wrong guess; it gives the wait when it was not taken.
func (r *rig) guess(a throttle.Attempt) time.Duration {
	r.t.Helper()
	return r.try(a, false)
}

// enter is an attempt with the right secret.
func (r *rig) enter(a throttle.Attempt) time.Duration {
	r.t.Helper()
	return r.try(a, true)
}

func (r *rig) try(a throttle.Attempt, ok bool) time.Duration {
	r.t.Helper()
	counted, wait := r.begin(a)
	if counted == nil {
		return wait
	}
	if err := counted.Settle(r.t.Context(), ok); err != nil {
		r.t.Fatal(err)
	}
	return 0
}

// guesses makes guesses until one is refused, n at most, and counts those taken.
func (r *rig) guesses(n int, next func(i int) throttle.Attempt) int {
	r.t.Helper()
	for i := range n {
		if r.guess(next(i)) > 0 {
			return i
		}
	}
	return n
}

// answered sends messages whose codes are entered, until one is refused, n at most, and
// counts those sent.
func (r *rig) answered(n int, next func(i int) throttle.Attempt) int {
	r.t.Helper()
	for i := range n {
		a := next(i)
		if r.guess(a) > 0 {
			return i
		}
		if err := r.GiveBack(r.t.Context(), a); err != nil {
			r.t.Fatal(err)
		}
	}
	return n
}

func (r *rig) remember(device, account string) {
	r.t.Helper()
	if err := r.Remember(r.t.Context(), device, account); err != nil {
		r.t.Fatal(err)
	}
}

// alice is an attempt at alice's password, each time in a new run.
func alice(address string) throttle.Attempt { return at("alice", address) }

func at(account, address string) throttle.Attempt {
	return throttle.Attempt{Kind: throttle.Password, Account: account, Address: netip.MustParseAddr(address), Run: runs.next()}
}

// from is the nth of many addresses.
func from(n int) string { return fmt.Sprintf("203.0.%d.%d", n/250, n%250+1) }

// in is an attempt in a browser.
func in(device string, a throttle.Attempt) throttle.Attempt {
	a.Device = device
	return a
}

// counter gives each run a name of its own.
type counter struct {
	mu sync.Mutex
	n  int
}

func (c *counter) next() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.n++
	return fmt.Sprint("r_", c.n)
}

var runs counter
