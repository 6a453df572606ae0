package throttle

import (
	"context"
	"errors"
	"time"

	"github.com/acrhost/acrhost/host/store"
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
	forgotten := 0
	for _, one := range c.all {
		var err error
		switch one.by {
		case byPlace, byDevice:
			forgotten, err = c.throttle.forget(ctx, one.bucket)
		case byAccount:
			err = c.throttle.giveBack(ctx, one, forgotten)
		default:
			err = c.throttle.giveBack(ctx, one, 1)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// Undo gives the attempt back: nothing was compared.
func (c *Counted) Undo(ctx context.Context) error {
	var errs []error
	for _, one := range c.all {
		if one.version > 0 {
			errs = append(errs, c.throttle.giveBack(ctx, one, 1))
		}
	}
	return errors.Join(errs...)
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

// giveBack takes n attempts from a bucket. When nobody has counted since, the
// bucket is as if this attempt had never been: its wait is not prolonged.
func (t *Throttle) giveBack(ctx context.Context, one taken, n int) error {
	if n == 0 {
		return nil // another success of the same moment gave it back
	}
	if one.version > 0 {
		_, err := t.put(ctx, one.bucket, one.limit.minus(one.before, n-1), one.version)
		if !errors.Is(err, store.ErrConflict) {
			return err
		}
	}
	_, err := t.change(ctx, one.bucket, func(c counter) (counter, bool) {
		return one.limit.minus(c, n), c.Count > 0
	})
	return uncontended(err)
}

// forget empties a bucket and says how many of its failures the account's bucket
// holds.
func (t *Throttle) forget(ctx context.Context, b bucket) (n int, err error) {
	_, err = t.change(ctx, b, func(c counter) (counter, bool) {
		n = min(b.limit.failures(c, t.c.Now()), b.limit.free)
		return counter{}, c.Count > 0
	})
	return n, uncontended(err)
}

// uncontended drops the error of a give-back that other hosts kept from being
// stored. It is no fault: one attempt too many is counted, for a while.
func uncontended(err error) error {
	if errors.Is(err, errContended) {
		return nil
	}
	return err
}
