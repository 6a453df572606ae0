package throttle

import (
	"context"
	"time"
)

// by is what a bucket counts by.
type by string

const (
	byAddress by = "address"
	byRun     by = "run"
	byPlace   by = "account at address"
	byAccount by = "account"
	byDevice  by = "account in browser" // one that the account knows
)

// Counted is an attempt that was counted. It is for one goroutine.
type Counted struct {
	throttle *Throttle
	kind     Kind
	all      []taken
}

// taken is what an attempt did to one bucket.
type taken struct {
	bucket
	before, after counter
	version       int64 // that it stored; 0: it was not counted here
}

// Slowed says what a failure has made slower and for how long: the longest of the
// waits. Without any it is empty.
func (c *Counted) Slowed() (what string, wait time.Duration) {
	for _, one := range c.all {
		if d := one.limit.delay(one.after.Count); d > wait {
			what, wait = string(one.by), d
		}
	}
	return what, wait
}

// Settle says how the attempt ended. A failure stays counted, a success is given
// back. With the right password the earlier failures from the same place are
// forgotten, too (NIST SP 800-63B 5.2.2): not those from elsewhere, or an attacker
// would get new guesses whenever the owner signs in. With the right code they are
// not: codes come from several factors, and who has one of them must not get new
// guesses at another by it.
func (c *Counted) Settle(ctx context.Context, ok bool) error {
	switch {
	case !ok:
		return nil
	case c.kind != Password:
		return c.Undo(ctx)
	}
	return c.change(ctx, func(at time.Time, now []counter, put func(int, counter)) {
		forgotten := 0
		for i, one := range c.all {
			switch one.by {
			case byPlace, byDevice:
				// How many of its failures the account's bucket holds.
				forgotten = min(one.limit.failures(now[i], at), one.limit.free)
				if now[i].Count > 0 {
					put(i, counter{})
				}
			case byAccount:
				one.giveBack(i, now[i], forgotten, put)
			default:
				one.giveBack(i, now[i], 1, put)
			}
		}
	})
}

// Undo gives the attempt back: nothing was compared.
func (c *Counted) Undo(ctx context.Context) error {
	return c.change(ctx, func(_ time.Time, now []counter, put func(int, counter)) {
		for i, one := range c.all {
			if one.version > 0 {
				one.giveBack(i, now[i], 1, put)
			}
		}
	})
}

func (c *Counted) change(ctx context.Context, decide func(at time.Time, now []counter, put func(int, counter))) error {
	buckets := make([]bucket, len(c.all))
	for i, one := range c.all {
		buckets[i] = one.bucket
	}
	_, err := c.throttle.change(ctx, buckets, func(at time.Time, now []counter, put func(int, counter)) error {
		decide(at, now, put)
		return nil
	})
	return err
}

// share says whether the attempt is within the share that one address has of an
// account's bucket: its free failures, as many as the address itself has.
func (c *Counted) share() bool {
	if len(c.all) == 0 {
		return true
	}
	last := c.all[len(c.all)-1]
	return last.after.Count <= last.limit.free
}

// giveBack takes n attempts from a bucket; 0: another success of the same moment gave them
// back. When nobody has counted since, the bucket is as if this attempt had never been: its
// wait is not prolonged.
func (one taken) giveBack(i int, now counter, n int, put func(int, counter)) {
	switch {
	case n == 0:
	case one.version > 0 && one.version == now.version:
		put(i, one.limit.minus(one.before, n-1))
	case now.Count > 0:
		put(i, one.limit.minus(now, n))
	}
}
