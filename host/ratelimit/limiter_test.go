package ratelimit_test

import (
	"net/netip"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/acrhost/acrhost/host/ratelimit"
)

var (
	one   = netip.MustParseAddr("192.0.2.1")
	other = netip.MustParseAddr("2001:db8::1")
)

func TestBucket(t *testing.T) {
	now := time.Date(2026, 11, 23, 7, 0, 0, 0, time.UTC)
	l := ratelimit.New(3, time.Second, func() time.Time { return now })
	take := func(a netip.Addr, want bool, wantWait time.Duration) {
		t.Helper()
		if wait, ok := l.Take(a); ok != want || wait != wantWait {
			t.Errorf("took %v, wait %s; want %v, %s", ok, wait, want, wantWait)
		}
	}
	for range 3 {
		take(one, true, 0)
	}
	take(one, false, time.Second)
	take(one, false, time.Second) // to ask in vain costs nothing
	take(other, true, 0)
	now = now.Add(1500 * time.Millisecond)
	take(one, true, 0)
	take(one, false, 500*time.Millisecond)
	l.Return(one)
	take(one, true, 0)
	now = now.Add(time.Hour) // a bucket holds no more than it holds
	for range 3 {
		take(one, true, 0)
	}
	take(one, false, time.Second)
	now = now.Add(-time.Hour) // a clock that goes back frees nobody
	if _, ok := l.Take(one); ok {
		t.Error("a clock that went back gave more")
	}
}

// What is dear takes several tokens, or none.
func TestTakeMany(t *testing.T) {
	now := time.Now()
	l := ratelimit.New(5, time.Second, func() time.Time { return now })
	for i, row := range []struct {
		n    int
		ok   bool
		wait time.Duration
	}{{3, true, 0}, {3, false, time.Second}, {2, true, 0}, {1, false, time.Second}} {
		if wait, ok := l.TakeMany(one, row.n); ok != row.ok || wait != row.wait {
			t.Errorf("%d: %v, wait %s", i, ok, wait)
		}
	}
	l.ReturnMany(one, 3)
	if _, ok := l.TakeMany(one, 3); !ok {
		t.Error("what was given back can't be had")
	}
	if _, ok := l.TakeMany(other, 100); !ok {
		t.Error("more than a bucket holds can never be had")
	}
	if _, ok := l.Take(other); ok {
		t.Error("more than a bucket holds did not take all")
	}
}

// The addresses of one customer count as one, and an IPv4 address is one in both forms.
func TestNetworks(t *testing.T) {
	now := time.Now()
	l := ratelimit.New(1, time.Hour, func() time.Time { return now })
	for a, want := range map[string]bool{"2001:db8::1": true, "192.0.2.1": true} {
		if _, ok := l.Take(netip.MustParseAddr(a)); ok != want {
			t.Errorf("%s: %v", a, ok)
		}
	}
	for _, a := range []string{"2001:db8::2", "2001:db8::1%eth0", "::ffff:192.0.2.1"} {
		if _, ok := l.Take(netip.MustParseAddr(a)); ok {
			t.Errorf("%s counts by itself", a)
		}
	}
	if _, ok := l.Take(netip.Addr{}); !ok {
		t.Error("a request without an address")
	}
}

// Names at one address count by themselves, and an address without a name beside them.
func TestNames(t *testing.T) {
	l := ratelimit.New(1, time.Hour, time.Now)
	for _, name := range []string{"a", "b", ""} {
		if _, ok := l.TakeFor(one, name); !ok {
			t.Errorf("%q: the first was refused", name)
		}
		if _, ok := l.TakeFor(one, name); ok {
			t.Errorf("%q: the second was taken", name)
		}
	}
	l.ReturnFor(one, "a")
	if _, ok := l.TakeFor(one, "b"); ok {
		t.Error("what was given back to one name went to another")
	}
	if _, ok := l.TakeFor(one, "a"); !ok {
		t.Error("what was given back can't be taken")
	}
}

func TestHammer(t *testing.T) {
	now := time.Now()
	l := ratelimit.New(100, time.Hour, func() time.Time { return now })
	var taken atomic.Int64
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 50 {
				if _, ok := l.Take(one); ok {
					taken.Add(1)
				}
			}
		})
	}
	all.Wait()
	if taken.Load() != 100 {
		t.Errorf("%d of 100 taken", taken.Load())
	}
}
