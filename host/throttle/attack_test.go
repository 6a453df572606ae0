package throttle_test

import (
	"fmt"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/acrhost/acrhost/host/store/sqlite"
	"github.com/acrhost/acrhost/host/throttle"
)

// The host is restarted between guesses: what was counted is in the file.
func TestBruteForceOverRestarts(t *testing.T) {
	r := newRig(t)
	path := filepath.Join(t.TempDir(), "acrhost.db")
	taken := 0
	for range 20 {
		db, err := sqlite.OpenWithClock(t.Context(), path, r.clock)
		if err != nil {
			t.Fatal(err)
		}
		r.Throttle = r.over(db)
		if r.guess(alice("192.0.2.1")) == 0 {
			taken++
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if taken != 6 {
		t.Errorf("%d guesses over 20 restarts, not 6", taken)
	}
}

// Each guess comes from an address of its own, for a whole day, as soon as one is
// taken.
func TestBruteForceFromManyAddresses(t *testing.T) {
	r := newRig(t)
	taken, address := 0, 0
	for end := r.clock().Add(24 * time.Hour); r.clock().Before(end); {
		address++
		wait := r.guess(alice(from(address)))
		if wait == 0 {
			taken++
		}
		r.pass(wait)
	}
	// 20 are free, 12 make the wait an hour, then one an hour.
	if taken < 40 || taken > 20+12+24 {
		t.Errorf("%d guesses in a day", taken)
	}
}

// A new run gives no new guesses.
func TestBruteForceInManyRuns(t *testing.T) {
	r := newRig(t)
	if n := r.guesses(1000, func(int) throttle.Attempt { return alice("192.0.2.1") }); n != 6 {
		t.Errorf("%d guesses in as many runs, not 6", n)
	}
}

// A run tries one account after the other.
func TestBruteForceInOneRun(t *testing.T) {
	r := newRig(t)
	n := r.guesses(1000, func(i int) throttle.Attempt {
		a := at(fmt.Sprint("user", i), from(i))
		a.Run = "r_one"
		return a
	})
	if n != 11 {
		t.Errorf("%d guesses in one run, not 11", n)
	}
}

// One address tries one password on every account.
func TestPasswordSpray(t *testing.T) {
	r := newRig(t)
	if n := r.guesses(1000, func(i int) throttle.Attempt { return at(fmt.Sprint("user", i), "192.0.2.1") }); n != 101 {
		t.Errorf("%d accounts were tried, not 101", n)
	}
	// What the address can't do any more is not done to the account.
	for range 100 {
		r.guess(alice("192.0.2.1"))
	}
	if n := r.guesses(100, func(i int) throttle.Attempt { return alice(from(i)) }); n != 21 {
		t.Errorf("alice had %d guesses left, not 21", n)
	}
}

// One address tries for a week to lock alice out: who comes from elsewhere is never
// made to wait, and has guesses to spare.
func TestOneAddressLocksNobodyOut(t *testing.T) {
	r := newRig(t)
	for hour := range 7 * 24 {
		for range 10 {
			r.pass(min(6*time.Minute, r.guess(alice("192.0.2.1"))))
		}
		if hour%8 == 0 {
			if wait := r.enter(alice("198.51.100.7")); wait > 0 {
				t.Fatalf("alice waits %s after %d hours", wait, hour)
			}
		}
		r.pass(time.Minute)
	}
	if n := r.guesses(100, func(int) throttle.Attempt { return alice("198.51.100.7") }); n != 6 {
		t.Errorf("alice had %d guesses, not 6", n)
	}
}

// Many addresses attack alice without a pause. In the browser that she signed in
// in before she is not made to wait, from whatever address; all others are.
func TestLockOutByManyAddresses(t *testing.T) {
	r := newRig(t)
	r.remember("her-browser", "alice")
	r.remember("their-browser", "mallory")
	for i := range 300 {
		r.guess(in("their-browser", alice(from(i))))
	}
	if r.enter(alice("198.51.100.7")) == 0 {
		t.Error("the attack slows down no unknown browser")
	}
	if r.enter(in("their-browser", alice("198.51.100.7"))) == 0 {
		t.Error("a browser that mallory signed in in is known to alice")
	}
	for _, address := range []string{"198.51.100.7", from(7)} {
		if wait := r.enter(in("her-browser", alice(address))); wait > 0 {
			t.Errorf("alice waits %s at %s", wait, address)
		}
	}
	// What she does there counts there: her success gives the attackers nothing.
	if r.guess(alice(from(999))) == 0 {
		t.Error("alice's success gave the attackers a guess")
	}
}

// A stolen device cookie gives a few guesses, not all.
func TestStolenDevice(t *testing.T) {
	r := newRig(t)
	r.remember("stolen", "alice")
	n := r.guesses(1000, func(i int) throttle.Attempt { return in("stolen", alice(from(i))) })
	if n != 6 {
		t.Errorf("%d guesses, not 6", n)
	}
	if wait := r.enter(alice("198.51.100.7")); wait > 0 {
		t.Errorf("alice waits %s elsewhere", wait)
	}
	r.pass(throttle.DeviceTTL)
	if n := r.guesses(1000, func(i int) throttle.Attempt { return in("stolen", alice(from(i))) }); n != 21 {
		t.Errorf("the browser is known for ever: %d guesses, not 21", n)
	}
}

// Whoever has one of alice's factors enters its code now and then, to get new
// guesses at another.
func TestOneFactorForgivesNoOther(t *testing.T) {
	r := newRig(t)
	taken := 0
	for range 100 {
		guess, own := alice("192.0.2.1"), alice("192.0.2.1")
		guess.Kind, own.Kind = throttle.Code, throttle.Code
		if r.guess(guess) == 0 {
			taken++
		}
		r.enter(own)
	}
	if taken != 6 {
		t.Errorf("%d guesses, not 6", taken)
	}
}

// Guesses at the same moment, through two hosts that share a store: no more are
// taken than one after the other.
func TestGuessesAtTheSameMoment(t *testing.T) {
	for name, test := range map[string]struct {
		address func(i int) string
		most    int32
	}{
		"from one address":    {func(int) string { return "192.0.2.1" }, 6},
		"from many addresses": {from, 21},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			hosts := []*throttle.Throttle{r.over(r.store), r.over(r.store)}
			var taken atomic.Int32
			var group sync.WaitGroup
			for i := range 200 {
				group.Go(func() {
					if counted, err := hosts[i%2].Begin(t.Context(), alice(test.address(i))); err == nil {
						taken.Add(1)
						if err := counted.Settle(t.Context(), false); err != nil {
							t.Error(err)
						}
					}
				})
			}
			group.Wait()
			if n := taken.Load(); n == 0 || n > test.most {
				t.Errorf("%d guesses were taken, %d are allowed", n, test.most)
			}
		})
	}
}

// Successes and failures at the same moment end with what is right: no count is
// lost, and none is left of who succeeded.
func TestSettlingAtTheSameMoment(t *testing.T) {
	r := newRig(t)
	var group sync.WaitGroup
	for i := range 100 {
		group.Go(func() {
			r.enter(at(fmt.Sprint("user", i), "192.0.2.1"))
		})
	}
	group.Wait()
	if n := r.guesses(1000, func(i int) throttle.Attempt { return at(fmt.Sprint("other", i), "192.0.2.1") }); n != 101 {
		t.Errorf("%d guesses after 100 successes, not 101", n)
	}
}

// Who is made to wait and goes on all the same writes nothing.
func TestRefusalsDoNotFillTheDisk(t *testing.T) {
	r := newRig(t)
	r.guesses(100, func(int) throttle.Attempt { return alice("192.0.2.1") })
	before := len(r.store.put)
	for range 1000 {
		if r.guess(alice("192.0.2.1")) == 0 {
			t.Fatal("a guess was taken")
		}
	}
	if n := len(r.store.put) - before; n != 0 {
		t.Errorf("%d writes", n)
	}
}
