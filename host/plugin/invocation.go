package plugin

import (
	"context"
	"fmt"
	"time"

	"github.com/acrhost/acrhost/host/plugin/rewrite"
)

// invocation is one call of a guest: what it was given, what it has left and what it
// said so far. One goroutine uses it.
type invocation struct {
	limits   Limits
	start    time.Time
	deadline time.Time
	fuel     int64 // not yet handed to the guest

	args   []string // of a command
	stdout bool     // standard output is the output document, not log
	stdin  []byte
	ready  bool // the instance is initialised: documents and capabilities are there

	input, output, result []byte

	host            Host
	granted         func(capability string) bool
	untimed         []string
	slots           slots
	capabilityCalls int

	log    logbook
	fault  *Error // why the host ended the call
	exited bool   // by proc_exit
	code   uint32
}

type invocationKey struct{}

func invocationOf(ctx context.Context) *invocation {
	return ctx.Value(invocationKey{}).(*invocation)
}

func newInvocation(ctx context.Context, l Limits) *invocation {
	now := time.Now()
	in := &invocation{limits: l, start: now, deadline: now.Add(l.Timeout), fuel: int64(l.Fuel), log: logbook{left: l.LogBytes}}
	if d, ok := ctx.Deadline(); ok && d.Before(in.deadline) {
		in.deadline = d
	}
	return in
}

// fail ends the call. The panic leaves the guest, which can't catch it, and becomes
// an error again where the guest was called.
func (in *invocation) fail(class Class, message string) {
	in.fault = &Error{Class: class, Code: string(class), Message: message}
	panic(in.fault)
}

// exitCall is what proc_exit leaves the guest with.
type exitCall struct{}

func (exitCall) Error() string { return "proc_exit" }

// checkTime ends the call when its time is over. Every function that a guest can call
// begins with it.
func (in *invocation) checkTime(ctx context.Context) {
	if message := in.late(ctx); message != "" {
		in.fail(Timeout, message)
	}
}

// late says why the call must end now, or nothing.
func (in *invocation) late(ctx context.Context) string {
	switch {
	case ctx.Err() != nil:
		return "the caller gave up: " + ctx.Err().Error()
	case time.Now().After(in.deadline):
		return fmt.Sprintf("took longer than %s", in.limits.Timeout)
	}
	return ""
}

// refillFunc hands out the fuel in slices, so that a guest that computes without
// calling anything still meets the clock.
func refillFunc() hostFunc {
	return hostFunc{rewrite.Refill, signature("I:I"), func(c *hostCall, stack []uint64) {
		stack[0] = uint64(c.refill(int64(stack[0])))
	}}
}

// refill gets the fuel of the guest, which is below zero, and returns the new one.
func (in *invocation) refill(fuel int64) int64 {
	slice := min(in.fuel, fuelSlice-fuel)
	if slice+fuel < 0 {
		in.fail(Fuel, fmt.Sprintf("used more than %d instructions", in.limits.Fuel))
	}
	in.fuel -= slice
	return slice + fuel
}
