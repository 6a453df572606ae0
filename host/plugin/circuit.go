package plugin

import (
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

// breaker is the circuit of one module. While it is closed and nothing failed, a call
// costs two loads and no lock.
type breaker struct {
	Breaker
	now    func() time.Time
	report func(open bool, b *breaker)

	open atomic.Bool  // written under mu, as row
	row  atomic.Int64 // failures since the last answer

	mu    sync.Mutex
	trial bool          // one is under way
	wait  time.Duration // the pause, as long as it is by now
	until time.Time     // when it ends
	last  Error         // the last failure, in the host's words
}

// admit lets a call through, perhaps as the trial, or says why not.
func (b *breaker) admit() (trial bool, refusal *Error) {
	if !b.open.Load() {
		return false, nil
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case !b.open.Load(): // it closed just now
		return false, nil
	case b.trial, b.now().Before(b.until):
		return false, b.refusal()
	}
	b.trial = true
	return true, nil
}

func (b *breaker) refusal() *Error {
	then := "no call is made until " + b.until.UTC().Format(time.RFC3339)
	if b.trial {
		then = "calls wait for the answer to a trial, which is under way"
	}
	return &Error{Class: GuestError, Code: CircuitOpen, Message: fmt.Sprintf("the plugin failed %d times in a row: %s", b.row.Load(), then)}
}

// settle counts what a call came to.
func (b *breaker) settle(trial bool, v verdict, fault *Error) {
	if !trial && (v == noVerdict || v == answered && b.row.Load() == 0) {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case trial:
		b.trial = false
		b.settleTrial(v, fault)
	case b.open.Load():
		// It began before the circuit opened, and is too late to say anything.
	case v == answered:
		b.row.Store(0)
	default:
		b.last = fault.inHostWords()
		if n := b.row.Add(1); b.Failures > 0 && n >= int64(b.Failures) {
			b.pause(b.Cooldown)
			b.open.Store(true)
			b.report(true, b)
		}
	}
}

func (b *breaker) settleTrial(v verdict, fault *Error) {
	switch v {
	case answered:
		b.report(false, b)
		b.row.Store(0)
		b.open.Store(false)
	case failed:
		b.last = fault.inHostWords()
		b.row.Add(1)
		b.pause(min(2*b.wait, max(MaxCooldown, b.Cooldown)))
	}
}

// pause lets nothing through for a while.
func (b *breaker) pause(wait time.Duration) {
	b.wait, b.until = wait, b.now().Add(wait)
}

// inHostWords is the error without anything that the guest wrote.
func (e *Error) inHostWords() Error {
	message := e.Message
	switch e.Class {
	case GuestError:
		message = "it gave up without an answer"
	case Trap:
		message = "it trapped" // a bad pointer is a number that the guest chose
	case Memory:
		message = "it wanted more memory than its limit"
	case OutputInvalid:
		message = "its output is no valid answer"
	case GrantViolation:
		message = "its output holds what is not granted"
	}
	return Error{Class: e.Class, Code: string(e.Class), Message: message}
}
