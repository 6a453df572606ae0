package capability

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/acrhost/acrhost/host/throttle"
)

// attempt counts an attempt at a secret, before it is compared, or refuses it with
// LimitReached and the time to wait. account is the user name that is meant,
// whether anybody has it or not. settle takes the outcome: a failure stays counted,
// a success gives back. Who returns an error instead need not call it: the attempt
// counts as a failure.
func (c *Call) attempt(ctx context.Context, kind throttle.Kind, account string) (settle func(ctx context.Context, ok bool) error, err error) {
	counted, err := c.begin(ctx, kind, account)
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context, ok bool) error { return c.settle(ctx, kind, counted, ok) }, nil
}

// judge is attempt for what was tried already: see throttle.Judge.
func (c *Call) judge(ctx context.Context, kind throttle.Kind, account string, ok bool) error {
	counted, err := c.set.Throttle.Judge(ctx, c.tried(kind, account), ok)
	if refused, later := errors.AsType[*throttle.Later](err); later {
		return c.tooMany(kind, refused)
	}
	if err != nil {
		return fmt.Errorf("count an attempt: %w", err)
	}
	c.tellSlowed(ctx, kind, counted, ok)
	return nil
}

// begin is attempt for whoever may have to undo it.
func (c *Call) begin(ctx context.Context, kind throttle.Kind, account string) (*throttle.Counted, error) {
	counted, err := c.set.Throttle.Begin(ctx, c.tried(kind, account))
	if refused, ok := errors.AsType[*throttle.Later](err); ok {
		return nil, c.tooMany(kind, refused)
	}
	if err != nil {
		return nil, fmt.Errorf("count an attempt: %w", err)
	}
	return counted, nil
}

// settle ends an attempt. That it made the next ones wait is an audit event; that
// those come too early is none, or they would fill the disk.
func (c *Call) settle(ctx context.Context, kind throttle.Kind, counted *throttle.Counted, ok bool) error {
	if err := counted.Settle(ctx, ok); err != nil {
		return fmt.Errorf("settle an attempt: %w", err)
	}
	c.tellSlowed(ctx, kind, counted, ok)
	return nil
}

func (c *Call) tried(kind throttle.Kind, account string) throttle.Attempt {
	return throttle.Attempt{Kind: kind, Account: account, Address: c.info.Address, Device: c.info.Device, Run: c.info.Run}
}

func (c *Call) tooMany(kind throttle.Kind, refused *throttle.Later) error {
	return later("too many attempts: "+string(kind), refused.After)
}

func (c *Call) tellSlowed(ctx context.Context, kind throttle.Kind, counted *throttle.Counted, ok bool) {
	what, wait := counted.Slowed()
	if ok || wait == 0 {
		return
	}
	user := ""
	if subject := c.current(); subject != nil {
		user = subject.ID
	}
	c.audit(ctx, "attempts.slowed", user, map[string]any{
		"kind": string(kind), "by": what, "wait_seconds": int64(wait / time.Second),
	})
}
