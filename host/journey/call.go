package journey

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/acrhost/acrhost/host/acr"
	"github.com/acrhost/acrhost/host/journey/expr"
	"github.com/acrhost/acrhost/sdk/go/abi"
)

// The error classes that the engine itself gives. Expression and config are the
// host's own: the call never reached the guest.
const (
	classExpression     = "expression"
	classConfig         = "config"
	classGuestError     = "guest_error"
	classTimeout        = "timeout"
	classOutputInvalid  = "output_invalid"
	classOutputLimit    = "output_limit"
	classGrantViolation = "grant_violation"
)

// call runs the current step once. How the step failed is a StepError; an error
// is a fault of the host.
func (c *course) call(ctx context.Context, r *reply) (Output, *StepError, error) {
	s := c.current()
	c.run.Calls++
	in := c.input(s, r)
	config, failed := s.config.evaluate(c.env(in))
	if failed != nil {
		return Output{}, failed, nil
	}
	in.Config, c.config = config, config
	if ctx.Err() != nil {
		return Output{}, timedOut(), nil
	}
	c.run.restOn(c.release.digests[s.Use])
	out, err := c.engine.Steps.Run(ctx, Call{Use: s.Use, Input: in, From: c.from, Anew: c.run.Anew})
	var stepError *StepError
	switch {
	case errors.As(err, &stepError):
		return Output{Digest: out.Digest, Undeclared: out.Undeclared}, stepError, nil
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded), err != nil && ctx.Err() != nil:
		return Output{}, timedOut(), nil
	case err != nil:
		return Output{}, nil, fmt.Errorf("run step %q (%s): %w", s.Name, s.Use, err)
	}
	c.run.restOn(out.Digest)
	return out, nil, nil
}

func timedOut() *StepError {
	return &StepError{Class: classTimeout, Code: classTimeout, Message: "the call was cut short"}
}

// input is the input document of a call, without its configuration.
func (c *course) input(s *compiledStep, r *reply) abi.Input {
	run, f := c.run, c.frame()
	in := abi.Input{
		ABI: abi.Version,
		Call: abi.Call{
			ID: callID(run), Type: typeOf(s.Use), Step: s.Name,
			Attempt: f.Visits[f.Step], Now: c.engine.now(), Interactive: run.Interactive,
		},
		Journey: abi.Journey{
			Name: f.Journey, Run: run.ID, StartedAt: run.StartedAt, Path: append([]string{}, run.Path[:max(0, len(run.Path)-1)]...),
		},
		Request:  run.Request,
		ACR:      currentACR(run),
		AMR:      run.AllAMR(),
		Evidence: evidenceSeen(run.Evid),
		Subject:  run.Subject,
		Upstream: maps.Clone(run.Up),
		Device:   run.Device,
		Vars:     maps.Clone(run.Vars),
	}
	if in.Upstream == nil {
		in.Upstream = map[string]abi.Upstream{}
	}
	if r != nil {
		in.Form, in.Action, in.State = r.form, &r.action, f.State
	}
	return in
}

// callID names a call. It is the same when the call is made again after the host died
// in it.
func callID(run *Run) string { return fmt.Sprintf("c_%s_%d", run.ID, run.Calls) }

// env is what expressions read: the input document, and the session.
func (c *course) env(in abi.Input) expr.Env {
	return expr.Env{
		Request: in.Request, ACR: in.ACR, AMR: in.AMR, Evidence: in.Evidence, Subject: in.Subject,
		Upstream: in.Upstream, Device: in.Device, Vars: in.Vars, Journey: in.Journey, Now: in.Call.Now,
		Session: expr.Session{Present: c.run.Session.Present, StartedAt: c.run.Session.StartedAt},
	}
}

// AllAMR is the run's amr: what the evidence comes to, and what granted plugins
// added. Never nil. What a provider's configuration says of amr gives way to what a
// step said: the operator wrote the one for all logins there, and the other for this.
func (r *Run) AllAMR() []string {
	counts := r.Evid
	if len(r.AMR) > 0 {
		counts = slices.DeleteFunc(slices.Clone(counts), func(e Evidence) bool { return e.Upstream != nil && e.Upstream.Static })
	}
	return acr.AMR(facts(counts), r.AMR)
}

// AuthTime is the time of the latest active authentication among the evidence (OpenID
// Connect Core 2); zero without any. What a module asserts moves it only where the host
// itself saw nothing: a module that knows the device again in each login would make a
// password of this morning look like one of just now.
func (r *Run) AuthTime() time.Time {
	var seen, asserted time.Time
	for _, e := range r.Evid {
		latest := &seen
		if e.Asserted {
			latest = &asserted
		}
		if e.At.After(*latest) {
			*latest = e.At
		}
	}
	if seen.IsZero() {
		return asserted
	}
	return seen
}

// currentACR is the value as requested until a step sets one.
func currentACR(run *Run) abi.ACR {
	switch {
	case run.ACR != nil:
		return abi.ACR{Current: new(*run.ACR), Set: true}
	case run.RawACR != "":
		return abi.ACR{Current: new(run.RawACR)}
	}
	return abi.ACR{}
}

func evidenceSeen(evidence []Evidence) []abi.Evidence {
	all := make([]abi.Evidence, len(evidence))
	for i, e := range evidence {
		all[i] = abi.Evidence{Method: e.Method, AMR: e.AMR, At: e.At, Step: e.Step, Fresh: !e.Session}
	}
	return all
}

// typeOf is the step type of a use: plugin/type.
func typeOf(use string) string {
	for i := range len(use) {
		if use[i] == '/' {
			return use[i+1:]
		}
	}
	return use
}
