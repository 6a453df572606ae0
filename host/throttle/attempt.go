package throttle

import (
	"context"
	"fmt"
	"net/netip"
	"time"
)

// Throttle counts attempts. It is safe for concurrent use.
type Throttle struct{ c Config }

// New builds a Throttle.
func New(c Config) *Throttle {
	if c.Free == 0 {
		c.Free = DefaultFree
	}
	if c.Longest == 0 {
		c.Longest = DefaultLongest
	}
	return &Throttle{c: c}
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
	counted := &Counted{throttle: t, kind: a.Kind}
	stored, err := t.change(ctx, plan, func(at time.Time, now []counter, put func(int, counter)) error {
		counted.all = make([]taken, 0, len(plan))
		// First all are looked at: a refusal writes nothing, so that who is throttled by
		// address or by run does no harm to the account, and none to the disk.
		if err := refused(plan, now, at); err != nil {
			return err
		}
		for i, b := range plan {
			one := taken{bucket: b, before: now[i]}
			if counted.counts(b, now[i], at) {
				one.after = b.limit.plus(now[i], at)
				put(i, one.after)
			}
			counted.all = append(counted.all, one)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	for i := range counted.all {
		counted.all[i].version = stored[counted.all[i].id]
	}
	return counted, nil
}

// Judge is Begin and Settle for what was tried already, where trying gives nothing away by
// itself and takes no time to speak of, and its outcome is told to nobody before this: a
// failure is counted, a success is as if it had never been. Either is refused with *Later
// when attempts are, in the order in which they come: of many at the same moment no more
// failures are told than of many one after the other.
func (t *Throttle) Judge(ctx context.Context, a Attempt, ok bool) (*Counted, error) {
	if !ok {
		return t.Begin(ctx, a)
	}
	plan, err := t.plan(ctx, a)
	if err != nil {
		return nil, err
	}
	_, err = t.change(ctx, plan, func(at time.Time, now []counter, _ func(int, counter)) error {
		return refused(plan, now, at)
	})
	if err != nil {
		return nil, err
	}
	return &Counted{throttle: t, kind: a.Kind}, nil
}

// refused is *Later when one of the buckets makes wait.
func refused(plan []bucket, now []counter, at time.Time) error {
	var longest time.Duration
	for i, b := range plan {
		longest = max(longest, b.limit.wait(now[i], at))
	}
	if longest > 0 {
		return &Later{longest}
	}
	return nil
}

// counts says whether an attempt counts in a bucket. An address that has had its share of
// an account is not counted in the account's own bucket: it is slowed down by itself. Once
// the account is over its free failures by what others did, everybody counts.
func (c *Counted) counts(b bucket, now counter, at time.Time) bool {
	return b.by != byAccount || c.share() || b.limit.failures(now, at) >= b.limit.free
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
