package ratelimit

import (
	"hash/maphash"
	"net/netip"
	"sync"
	"time"
)

// slots is how many counters there are. Two addresses whose hashes meet share one, and so
// what one of them may; the seed is random, so that nobody can choose whom to meet.
const slots = 1 << 16

// Limiter is a token bucket for each address. It is safe for concurrent use.
type Limiter struct {
	burst int           // tokens of a full bucket
	every time.Duration // in which one token comes back
	now   func() time.Time

	seed maphash.Seed
	mu   sync.Mutex
	// full is when each bucket is full again, in nanoseconds since 1970: all that a bucket is.
	full [slots]int64
}

// New makes a limiter that takes burst requests at once, and one more each time that every
// has passed.
func New(burst int, every time.Duration, now func() time.Time) *Limiter {
	return &Limiter{burst: burst, every: every, now: now, seed: maphash.MakeSeed()}
}

// Take takes a token of the address. Without one it says how long to wait for the next.
func (l *Limiter) Take(a netip.Addr) (wait time.Duration, ok bool) { return l.take(a, "", 1) }

// TakeFor is Take with a bucket for each name at the address. Whoever asks must not be free
// to choose the name: every one of them is a full bucket.
func (l *Limiter) TakeFor(a netip.Addr, name string) (wait time.Duration, ok bool) {
	return l.take(a, name, 1)
}

// TakeMany takes n tokens at once or none, for what is n times as dear. Of more than a bucket
// holds it takes all.
func (l *Limiter) TakeMany(a netip.Addr, n int) (wait time.Duration, ok bool) {
	return l.take(a, "", n)
}

func (l *Limiter) take(a netip.Addr, name string, n int) (wait time.Duration, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now, slot := l.now().UnixNano(), l.slot(a, name)
	full := max(now, l.full[slot]) + l.worth(n)
	if over := full - now - int64(l.burst)*int64(l.every); over > 0 {
		return time.Duration(over), false
	}
	l.full[slot] = full
	return 0, true
}

// Return gives a token back that was taken for what turned out not to count.
func (l *Limiter) Return(a netip.Addr) { l.giveBack(a, "", 1) }

// ReturnFor gives back what TakeFor took.
func (l *Limiter) ReturnFor(a netip.Addr, name string) { l.giveBack(a, name, 1) }

// ReturnMany gives back what TakeMany took.
func (l *Limiter) ReturnMany(a netip.Addr, n int) { l.giveBack(a, "", n) }

func (l *Limiter) giveBack(a netip.Addr, name string, n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.full[l.slot(a, name)] -= l.worth(n)
}

// worth is the time in which n tokens come back.
func (l *Limiter) worth(n int) int64 { return int64(max(1, min(n, l.burst))) * int64(l.every) }

// source is whose counter it is.
type source struct {
	addr netip.Addr
	name string
}

// slot is the counter of an address: of IPv6, of the /64 that one customer has at least.
func (l *Limiter) slot(a netip.Addr, name string) uint64 {
	a = a.Unmap().WithZone("")
	if a.Is6() {
		if p, err := a.Prefix(64); err == nil {
			a = p.Addr()
		}
	}
	return maphash.Comparable(l.seed, source{a, name}) % slots
}
