package journey

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/acrhost/acrhost/host/acr"
	"github.com/acrhost/acrhost/sdk/go/abi"
)

// The bounds of a run, beside max_visits and the timeout: no way through a graph
// of loops and sub-journeys is longer.
const (
	MaxEntered = 1_000 // steps entered
	MaxCalls   = 1_000 // calls of steps, prompts answered wrongly included
	MaxNesting = 16    // journeys within journeys
)

// Errors of Advance. They are the caller's faults; how a login fails is in
// Run.End.
var (
	// ErrNotWaiting: the run has ended, or there is no answer for what it waits for.
	ErrNotWaiting = errors.New("the run does not wait for an answer")
	// ErrOtherRelease: the run began on another release.
	ErrOtherRelease = errors.New("the run began on another release")
)

// Engine runs journeys. It keeps nothing: any number of goroutines may use one.
type Engine struct {
	Steps  Stepper
	Now    func() time.Time
	Levels acr.Levels // the evidence that acr values need
}

// StartRequest begins a run.
type StartRequest struct {
	ID      string // unguessable; of the run
	Journey string
	Request abi.Request
	// RawACR is acr_values as it was sent; empty: the values of the request are
	// joined by spaces.
	RawACR      string
	Interactive bool // false: prompt=none
	Device      abi.Device
	From        From
	Session     Session
	// Subject is whom the session knows, nil for nobody. Evidence is what of the
	// session's still counts; without a subject none of it does.
	Subject  *abi.Subject
	Evidence []Evidence
}

// Start begins a run and advances it until it waits or has ended.
func (e *Engine) Start(ctx context.Context, r *Release, s StartRequest) (*Run, error) {
	j, ok := r.journeys[s.Journey]
	if !ok {
		return nil, fmt.Errorf("start a run: the release has no journey %q", s.Journey)
	}
	run, err := e.newRun(r, j, s)
	if err != nil {
		return nil, fmt.Errorf("start a run: %w", err)
	}
	c := course{engine: e, release: r, run: run, from: s.From}
	if err := c.walk(ctx, nil); err != nil {
		return nil, err
	}
	return run, nil
}

// Advance hands an answer to the step that waits for it and goes on until the run
// waits again or has ended. An answer that breaks the prompt's own rules shows
// the prompt again, without a call.
//
// After an error the run is as it was before. An error of the Stepper that is no
// StepError is such an error: it says that the host is at fault, and nothing
// about the login. The caller sees to it that each answer is handed in once, and
// that ctx outlives a browser that goes away: a step that is cut short has failed.
func (e *Engine) Advance(ctx context.Context, r *Release, run *Run, a *Answer) error {
	switch {
	case run.Release != r.id:
		return ErrOtherRelease
	case run.End != nil || a == nil || run.Prompt == nil && run.Redirect == "":
		return ErrNotWaiting
	}
	c := course{engine: e, release: r, run: run.clone(), from: a.From}
	if err := c.located(); err != nil {
		return err
	}
	if err := c.answered(ctx, *a); err != nil {
		return err
	}
	*run = *c.run
	return nil
}

func (e *Engine) newRun(r *Release, j *compiledJourney, s StartRequest) (*Run, error) {
	now := e.now()
	subject, err := plainSubject(s.Subject)
	if err != nil {
		return nil, err
	}
	run := &Run{
		ID: s.ID, Release: r.id, Journey: j.Name, StartedAt: now, Deadline: now.Add(j.timeout()),
		Request: withoutNulls(s.Request), RawACR: s.RawACR, Interactive: s.Interactive,
		Device: s.Device, Session: s.Session, Subject: subject,
		Stack: []Frame{{Journey: j.Name, Step: j.Start, Visits: map[string]int{}}},
		Path:  []string{}, Vars: map[string]any{},
	}
	if run.RawACR == "" {
		run.RawACR = strings.Join(s.Request.ACRValues, " ")
	}
	if subject == nil {
		return run, nil // evidence without a person is nobody's
	}
	for _, evidence := range s.Evidence {
		evidence.Session = true
		run.Evid = append(run.Evid, evidence)
	}
	run.Up = brought(run.Evid)
	return run, nil
}

// brought is what other providers said with this evidence; nil when none did.
func brought(evidence []Evidence) map[string]abi.Upstream {
	var all map[string]abi.Upstream
	for _, e := range evidence {
		if e.Upstream == nil {
			continue
		}
		if all == nil {
			all = map[string]abi.Upstream{}
		}
		all[e.Upstream.Provider] = e.Upstream.Upstream
	}
	return all
}

// now is the time in UTC, in milliseconds: what is stored and read back is equal.
func (e *Engine) now() time.Time { return e.Now().UTC().Truncate(time.Millisecond) }

// withoutNulls makes the lists of a request empty rather than null.
func withoutNulls(r abi.Request) abi.Request {
	for _, l := range []*[]string{&r.ACRValues, &r.Scope, &r.Prompt, &r.UILocales} {
		if *l == nil {
			*l = []string{}
		}
	}
	return r
}

// clone copies what the engine changes in place; the rest it replaces.
func (r *Run) clone() *Run {
	c := *r
	c.Stack = slices.Clone(r.Stack)
	for i := range c.Stack {
		c.Stack[i].Visits = maps.Clone(c.Stack[i].Visits)
	}
	c.Path, c.Trail, c.Evid, c.AMR = slices.Clip(r.Path), slices.Clip(r.Trail), slices.Clip(r.Evid), slices.Clip(r.AMR)
	return &c
}
