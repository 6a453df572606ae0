package plugin

import (
	"context"
	"crypto/rand"
	"fmt"
	"time"

	"github.com/acrhost/acrhost/host/plugin/rewrite"
)

// sliceWork is how much a guest does before it has to let others go first: in
// instructions, some 250 µs of them. It isn't measured by the clock, since a guest that
// the operating system takes off its processor for a while has not had its turn.
//
// Instructions that touch memory for the first time take a hundred times longer, since the
// kernel has to find and clear it. So what also counts is the time that the guest's thread
// had a processor: of so much a slice is over, too.
const (
	sliceWork = 4 * fuelSlice
	sliceTime = time.Millisecond
)

// callWork is what a call of a host function counts, in instructions.
const callWork = 512

// invocation is one call of a guest: what it was given, what it has left and what it
// said so far. One goroutine uses it.
type invocation struct {
	ctx      context.Context // the caller's
	instance *instance       // while one works on it
	limits   *Limits
	names    *names        // nil: nobody develops the module
	start    time.Duration // since processStart
	allowed  time.Duration // from start; time spent waiting for others is added
	worked   int64         // in this slice, in instructions
	done     int64         // in those before
	most     int64         // of both together; 0: nothing but time and fuel bounds it
	ran      time.Duration // threadTime at the last refill of this slice; 0: there was none
	ranAt    time.Duration // elapsed then
	turn     turn
	last     uint64 // the number of the instance that the last call had on this processor
	fuel     int64  // not yet handed to the guest

	args   []string // of a command
	stdout bool     // standard output is the output document, not log
	stdin  []byte
	ready  bool // the instance is initialised: documents and capabilities are there

	input, output, result []byte

	host            Host
	grant           *Grant
	untimed         []string
	held            bool     // the step type is known: it may call what it declares
	declared        []string // by it
	undeclared      []string // what it called all the same
	capabilityCalls int
	calls           uint // of host functions

	// skew moves the clocks, and noise is taken for random; the probe sets both. Where the
	// clocks stand, skew is all that they say: then nothing differs between two runs.
	skew   time.Duration
	stands bool
	noise  func([]byte)
	drew   bool // it asked for randomness or the time

	log    logbook
	fault  *Error // why the host ended the call
	exited bool   // by proc_exit
	code   uint32
}

// callContext is the context that the functions of a guest are called with. It says
// nothing but whose call it is: the caller's own context is looked at by checkTime.
type callContext struct {
	context.Context
	in *invocation
}

func invocationOf(ctx context.Context) *invocation { return ctx.(*callContext).in }

func newInvocation(ctx context.Context, l *Limits) *invocation {
	in := new(invocation)
	in.limit(ctx, l)
	return in
}

// newPatient is an invocation at the load of the module, which nobody waits for. A busy machine
// is no fault of the module, so it has more time than a call; but it may do no more, awake or
// asleep, than a call would have time for, or a second's work: else a few bytes that sleep as
// they start would keep a host from coming up for half a minute.
func (m *Module) newPatient(ctx context.Context) *invocation {
	in := newInvocation(ctx, m.patient())
	in.most = instructions(min(max(m.spec.Limits.Timeout, time.Second), describeTime))
	return in
}

// limit gives an invocation of which nothing is set what it may use.
func (in *invocation) limit(ctx context.Context, l *Limits) {
	in.ctx, in.limits, in.fuel, in.log.left = ctx, l, int64(l.Fuel), l.LogBytes
}

// processStart is what calls are timed from: the monotonic clock alone costs half of
// what time.Now does.
var processStart = time.Now()

// elapsed is how long the call has taken.
func (in *invocation) elapsed() time.Duration { return time.Since(processStart) - in.start }

// begin starts the clock.
func (in *invocation) begin() {
	in.start = time.Since(processStart)
	in.allowed, in.worked = in.limits.Timeout, 0
}

// random never fails: the process ends instead.
func (in *invocation) random(b []byte) {
	if in.noise != nil {
		in.noise(b)
		return
	}
	_, _ = rand.Read(b)
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

// callsPerLook is how many calls of host functions there are to one look at the clock,
// which costs more than most of them do. Those that may take long look by themselves.
const callsPerLook = 8

// look is what every function begins with that a guest can call.
func (in *invocation) look() {
	if in.calls++; in.calls%callsPerLook == 0 {
		in.worked += callsPerLook * callWork
		in.checkTime()
	}
}

// checkTime ends the call when its time is over, and lets others go first when its
// slice is.
func (in *invocation) checkTime() {
	elapsed := in.elapsed()
	if message := in.lateAt(elapsed); message != "" {
		in.fail(Timeout, message)
	}
	if in.most > 0 && in.done+in.worked > in.most {
		in.fail(Timeout, fmt.Sprintf("took longer than %s of work", work(in.most)))
	}
	if in.worked > sliceWork {
		in.done += in.worked
		in.worked, in.ran = 0, 0
		in.beforeWaiting()
		in.turn.yield()
		in.allowed += in.elapsed() - elapsed
	}
}

// lateAt says why the call must end after so long, or nothing.
func (in *invocation) lateAt(elapsed time.Duration) string {
	if err := in.ctx.Err(); err != nil {
		return "the caller gave up: " + err.Error()
	}
	if elapsed > in.allowed {
		return fmt.Sprintf("took longer than %s", in.limits.Timeout)
	}
	return ""
}

// refillFunc hands out the fuel in slices, so that a guest that computes without
// calling anything still meets the clock.
func refillFunc() hostFunc {
	return hostFunc{rewrite.Refill, signature("I:I"), func(in *invocation, stack []uint64) {
		stack[0] = uint64(in.refill(int64(stack[0])))
	}}
}

// refill gets the fuel of the guest, which is below zero, and returns the new one.
func (in *invocation) refill(fuel int64) int64 {
	in.worked += max(fuelSlice-fuel, in.threadWork())
	in.checkTime()
	slice := min(in.fuel, fuelSlice-fuel)
	if slice+fuel < 0 {
		in.fail(Fuel, fmt.Sprintf("used more than %d instructions", in.limits.Fuel))
	}
	in.fuel -= slice
	return slice + fuel
}

// threadWork is what the guest did since the last refill by its thread's clock, in
// instructions. The guest may have changed threads meanwhile; then the difference is
// anything, and what can't be is nothing.
func (in *invocation) threadWork() int64 {
	ran, at := threadTime(), in.elapsed()
	since, long := ran-in.ran, at-in.ranAt
	known := in.ran > 0 && since > 0 && since <= long
	in.ran, in.ranAt = ran, at
	if !known {
		return 0
	}
	return instructions(since)
}

// instructions is what a guest does in so much time on a processor.
func instructions(d time.Duration) int64 { return int64(d) * sliceWork / int64(sliceTime) }

// work is how long so many instructions take.
func work(n int64) time.Duration { return time.Duration(n / sliceWork * int64(sliceTime)) }
