package throttle

import (
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"net/netip"
	"time"
)

// Throttle counts attempts. It is safe for concurrent use.
type Throttle struct {
	c     Config
	locks locks
}

// New builds a Throttle.
func New(c Config) *Throttle {
	if c.Free == 0 {
		c.Free = DefaultFree
	}
	if c.Longest == 0 {
		c.Longest = DefaultLongest
	}
	return &Throttle{c: c, locks: locks{seed: maphash.MakeSeed()}}
}

// Attempt says what is tried and from where. All of it but Account is the host's
// own knowledge, never a guest's.
type Attempt struct {
	Kind    Kind
	Account string     // a user name, whether anybody has it or not; empty: nobody is named
	Address netip.Addr // of the browser; invalid: not known
	Device  string     // key of the browser's device cookie; empty without one
	Run     string
}

// Later is the refusal of an attempt. Nothing was counted, and nothing must be
// compared.
type Later struct {
	After time.Duration // more than none
}

func (l *Later) Error() string { return fmt.Sprintf("too many attempts: try again in %s", l.After) }

// Begin counts an attempt, or refuses it with *Later. The secret may be compared
// only when it is counted. Until Settle or Undo it counts as a failure: a host
// that dies meanwhile has given nothing away.
func (t *Throttle) Begin(ctx context.Context, a Attempt) (*Counted, error) {
	plan, err := t.plan(ctx, a)
	if err != nil {
		return nil, err
	}
	// First all are looked at: a refusal writes nothing, so that who is throttled by
	// address or by run does no harm to the account, and none to the disk.
	var longest time.Duration
	for _, b := range plan {
		c, _, err := t.load(ctx, b)
		if err != nil {
			return nil, err
		}
		longest = max(longest, b.limit.wait(c, t.c.Now()))
	}
	if longest > 0 {
		return nil, &Later{longest}
	}
	return t.count(ctx, a.Kind, plan)
}

// plan are the buckets that an attempt is counted in, in that order.
func (t *Throttle) plan(ctx context.Context, a Attempt) ([]bucket, error) {
	p := t.c.policyOf(a.Kind)
	account, network := "", networkOf(a.Address)
	if a.Account != "" {
		account = accountOf(a.Account)
	}
	known, err := t.knows(ctx, a.Device, account)
	if err != nil {
		return nil, err
	}
	var plan []bucket
	add := func(by by, l limit, of ...string) {
		plan = append(plan, bucket{by: by, id: t.id(string(a.Kind)+" by "+string(by), of...), limit: l})
	}
	if !known {
		add(byAddress, p.address, network)
	}
	if p.run.free > 0 {
		add(byRun, p.run, a.Run)
	}
	switch {
	case known:
		add(byDevice, p.place, a.Device, account)
	case account != "":
		add(byPlace, p.place, account, network)
		add(byAccount, p.account, account)
	}
	return plan, nil
}

// count counts in all buckets, or in none.
func (t *Throttle) count(ctx context.Context, kind Kind, plan []bucket) (*Counted, error) {
	counted := &Counted{throttle: t, kind: kind}
	for _, b := range plan {
		one, wait, err := t.countIn(ctx, b, counted.share())
		if errors.Is(err, errContended) {
			wait, err = time.Second, nil
		}
		switch {
		case err != nil:
			return nil, errors.Join(err, counted.Undo(ctx))
		case wait > 0:
			if err := counted.Undo(ctx); err != nil {
				return nil, err
			}
			return nil, &Later{wait}
		}
		counted.all = append(counted.all, one)
	}
	return counted, nil
}

// countIn counts in one bucket, unless an attempt of the same moment has made it
// wait. An address that has had its share of an account is not counted in the
// account's own bucket: it is slowed down by itself. Once the account is over its
// free failures by what others did, everybody counts.
func (t *Throttle) countIn(ctx context.Context, b bucket, shared bool) (one taken, wait time.Duration, err error) {
	one.bucket = b
	one.version, err = t.change(ctx, b, func(c counter) (counter, bool) {
		now := t.c.Now()
		one.before = c
		if wait = b.limit.wait(c, now); wait > 0 {
			return c, false
		}
		if b.by == byAccount && !shared && b.limit.failures(c, now) < b.limit.free {
			return c, false
		}
		one.after = b.limit.plus(c, now)
		return one.after, true
	})
	return one, wait, err
}
