package account_test

import (
	"context"
	"errors"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/acrhost/acrhost/host/account"
	"github.com/acrhost/acrhost/host/account/passhash"
)

// A flood of logins at the default cost: the memory stays that of a few hashes, and
// who does not get a turn in time is told to come back.
func TestFloodOfLoginsTakesNoMoreMemory(t *testing.T) {
	const parallel, callers = 2, 100
	f := newFixture(t, func(c *account.Config) {
		c.Cost, c.Parallel, c.Wait = passhash.Cost{}, parallel, 300*time.Millisecond
	})
	runtime.GC()
	before := heap()
	var answered, busy atomic.Int64
	var wg sync.WaitGroup
	for range callers {
		wg.Go(func() {
			switch v, err := f.VerifyPassword(t.Context(), "mallory", password); {
			case errors.Is(err, account.ErrBusy):
				busy.Add(1)
			case err != nil || v.OK:
				t.Errorf("%+v, %v", v, err)
			default:
				answered.Add(1)
			}
		})
	}
	done := make(chan struct{})
	go func() { wg.Wait(); close(done) }()
	most := uint64(0)
	for running := true; running; {
		most = max(most, heap())
		select {
		case <-done:
			running = false
		case <-time.After(2 * time.Millisecond):
		}
	}
	// Beside those at work there is what the collector did not free yet: as much again,
	// and what was made while it ran.
	const hash = passhash.DefaultMemoryKiB << 10
	if most > before+4*parallel*hash {
		t.Errorf("%d MiB at most, %d before", most>>20, before>>20)
	}
	if answered.Load() == 0 || answered.Load()+busy.Load() != callers {
		t.Errorf("%d answers, %d refusals", answered.Load(), busy.Load())
	}
	t.Logf("%d answers, %d told to come back, %d MiB at most", answered.Load(), busy.Load(), most>>20)
}

func heap() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// The attack: log in as a user with a dear imported hash, many times at once. It takes
// as many turns as it takes memory, and runs alone when it takes more than there is.
func TestDearImportedHashesDoNotMultiply(t *testing.T) {
	const hash = "$argon2id$v=19$m=32,t=1,p=1$hPiX4rCwXE6SCQJGqGC0Pg$VcSr5MLWrQ62mbRZ/sSpzC5a5qTOI58/3g41qUIDUA4"
	for parallel, together := range map[int]int64{2: 1, 4: 1, 8: 2, 12: 3} { // of 8 KiB each
		var now, most atomic.Int64
		f := newFixture(t, func(c *account.Config) {
			c.Parallel, c.Wait = parallel, time.Minute
			c.Hashed = func(uint32) {
				n := now.Add(1)
				for seen := most.Load(); n > seen && !most.CompareAndSwap(seen, n); seen = most.Load() {
				}
				time.Sleep(5 * time.Millisecond)
				now.Add(-1)
			}
		})
		if _, err := f.Create(t.Context(), account.NewUser{Name: "alice", PasswordHash: hash}); err != nil {
			t.Fatal(err)
		}
		var wg sync.WaitGroup
		for range 12 {
			wg.Go(func() {
				if _, err := f.VerifyPassword(context.Background(), "alice", password); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if most.Load() != together {
			t.Errorf("with %d turns %d hashes ran at once, want %d", parallel, most.Load(), together)
		}
	}
}
