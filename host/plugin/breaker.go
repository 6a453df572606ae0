package plugin

import (
	"cmp"
	"context"
	"time"

	"github.com/acrhost/acrhost/sdk/go/abi"
)

// Breaker says when a module that keeps failing is left alone. A zero field means the
// default.
//
// Every call that gives no answer counts, but for those of which the module is not the
// cause: a caller that gave up, an input over its limit. An error document is an
// answer. After Failures in a row the circuit opens: calls fail at once, without
// anything being run, with the class guest_error and the code circuit_open. When the
// pause is over, one call at a time is let through as a trial. A trial that is answered
// closes the circuit; one that fails doubles the pause, up to MaxCooldown.
//
// In a row means that any answer, to anybody, begins the count anew. So a user who can
// make a step fail with crafted input locks others out only where nobody else is
// answered in between, and until an ordinary call is the trial: who attacks on has to
// win every trial too. It is a trade: a module that fails half of its calls never opens
// the circuit, and only its limits bound what it costs. A module that is loaded again
// begins with a closed circuit.
type Breaker struct {
	Failures int           // in a row; default 20; below zero: the circuit never opens
	Cooldown time.Duration // the first pause; default 10 s
}

// The defaults of Breaker, and where doubling the pause ends.
const (
	defaultFailures = 20
	defaultCooldown = 10 * time.Second
	MaxCooldown     = 5 * time.Minute
)

// CircuitOpen is the code of the error of a call that wasn't made because the circuit
// is open.
const CircuitOpen = "circuit_open"

// Refused says whether the call wasn't made because the circuit is open. The code alone
// doesn't say it: a guest chooses that of its error document.
func (e *Error) Refused() bool { return e.Code == CircuitOpen && !e.document }

// BreakerEvent is a circuit that opened, or closed again.
type BreakerEvent struct {
	Plugin   string // the Spec's name
	Digest   string
	Open     bool      // false: it closed
	Until    time.Time // no call is made before; zero when it closed
	Failures int       // how many there were, trials included
	// Class and Message are of the last failure. The message is in the host's words:
	// what a guest says of itself may hold what a user typed.
	Class   Class
	Message string
}

// newBreaker makes the circuit of a module. The runtime is told in the order in which
// it opens and closes.
func (m *Module) newBreaker(s Breaker) *breaker {
	s.Failures = cmp.Or(s.Failures, defaultFailures)
	s.Cooldown = cmp.Or(s.Cooldown, defaultCooldown)
	return &breaker{Breaker: s, now: m.runtime.now, report: func(open bool, b *breaker) {
		event := BreakerEvent{
			Plugin: m.spec.Name, Digest: m.digest, Open: open,
			Failures: int(b.row.Load()), Class: b.last.Class, Message: b.last.Message,
		}
		if open {
			event.Until = b.until
		}
		m.runtime.onBreaker(event)
	}}
}

// CircuitOpen says whether calls fail at once, because the module kept failing.
func (m *Module) CircuitOpen() bool { return m.breaker.open.Load() }

// guarded is answer behind the breaker.
func (m *Module) guarded(ctx context.Context, document []byte, input abi.Input, host Host) (result Result, fault *Error) {
	trial, refusal := m.breaker.admit()
	if refusal != nil {
		return Result{Stats: Stats{Mode: string(m.Mode())}}, refusal
	}
	v := noVerdict // should the host panic, the trial is over all the same
	defer func() { m.breaker.settle(trial, v, fault) }()
	result, fault = m.answer(ctx, document, input, host)
	v = judge(ctx, fault)
	return result, fault
}

// verdict is what a call says about its module.
type verdict int

const (
	noVerdict verdict = iota
	answered
	failed
)

// judge leaves out a call whose caller gave up, or whose time was over before it got
// its turn: that a guest didn't end by then is no fault of it.
func judge(ctx context.Context, fault *Error) verdict {
	if fault == nil || fault.document {
		return answered
	}
	deadline, ok := ctx.Deadline()
	if fault.Class == Timeout && (ctx.Err() != nil || ok && !time.Now().Before(deadline)) {
		return noVerdict
	}
	return failed
}
