package journey

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// course is a run on its way between two waits.
type course struct {
	engine  *Engine
	release *Release
	run     *Run
	from    From
	config  json.RawMessage // of the call that is being made
	refused bool            // the last step's outcome was a no
}

// reply is an answer that passed the prompt's rules.
type reply struct {
	form   map[string]string
	action string
}

// located checks that a stored run stands somewhere in this release. With the
// same release it does; a run that was tampered with must not panic.
func (c *course) located() error {
	if len(c.run.Stack) == 0 {
		return fmt.Errorf("run %s: the stack is empty", c.run.ID)
	}
	for _, f := range c.run.Stack {
		if j := c.release.journeys[f.Journey]; j == nil || j.steps[f.Step] == nil {
			return fmt.Errorf("run %s: there is no step %q in journey %q", c.run.ID, f.Step, f.Journey)
		}
	}
	return nil
}

// answered takes an answer. What is late is not looked at.
func (c *course) answered(ctx context.Context, a Answer) error {
	if c.expire() {
		c.run.Prompt, c.run.Redirect = nil, ""
		return c.walk(ctx, nil)
	}
	if c.run.Prompt == nil {
		c.run.Redirect = ""
		return c.walk(ctx, &reply{form: bounded(a.Form), action: DefaultAction})
	}
	r, again := accept(c.run.Prompt, a)
	if again != nil {
		c.run.Prompt = again
		return nil
	}
	c.run.Prompt = nil
	return c.walk(ctx, r)
}

// walk runs steps until the run waits or has ended. With a reply, the first one
// is the step that asked.
func (c *course) walk(ctx context.Context, r *reply) error {
	for !c.waits() {
		if c.expire() {
			continue
		}
		if r == nil && !c.enter() {
			continue
		}
		if err := c.step(ctx, r); err != nil {
			return err
		}
		r = nil
	}
	return nil
}

func (c *course) waits() bool {
	return c.run.End != nil || c.run.Prompt != nil || c.run.Redirect != ""
}

func (c *course) frame() *Frame { return &c.run.Stack[len(c.run.Stack)-1] }

func (c *course) current() *compiledStep {
	f := c.frame()
	return c.release.journeys[f.Journey].steps[f.Step]
}

// expire ends the outermost journey whose time is up, and says whether there was
// one.
func (c *course) expire() bool {
	c.refused = false
	now := c.engine.now()
	if now.After(c.run.Deadline) {
		c.run.Stack = c.run.Stack[:1]
		c.finish(Failure, "the journey's time was up")
		return true
	}
	for i, f := range c.run.Stack {
		if !f.Deadline.IsZero() && now.After(f.Deadline) {
			c.run.Stack = c.run.Stack[:i+1]
			c.finish(Failure, fmt.Sprintf("the time of journey %q was up", f.Journey))
			return true
		}
	}
	return false
}

// enter counts a visit of the current step and says whether the step is to be
// called. A sub-journey is not: it is gone into.
func (c *course) enter() bool {
	c.refused = false
	f, s := c.frame(), c.current()
	switch {
	case f.Visits[f.Step] >= s.maxVisits():
		c.finish(Failure, fmt.Sprintf("step %q was visited %d times, its max_visits", f.Step, s.maxVisits()))
		return false
	case len(c.run.Path) >= MaxEntered:
		c.end(Failure, fmt.Sprintf("the run entered %d steps, more are not allowed", MaxEntered))
		return false
	}
	f.Visits[f.Step]++
	c.run.Path = append(c.run.Path, f.Step)
	if s.Journey == "" {
		return true
	}
	c.descend(s.Journey)
	return false
}

func (c *course) descend(name string) {
	if len(c.run.Stack) >= MaxNesting {
		c.serverError(fmt.Sprintf("journeys are nested more than %d deep", MaxNesting))
		return
	}
	j := c.release.journeys[name]
	c.run.Stack = append(c.run.Stack, Frame{
		Journey: name, Step: j.Start, Visits: map[string]int{}, Deadline: c.engine.now().Add(j.timeout()),
	})
}

// step calls the current step and follows what it says.
func (c *course) step(ctx context.Context, r *reply) error {
	c.refused = false
	if c.run.Calls >= MaxCalls {
		c.end(Failure, fmt.Sprintf("the run made %d calls, more are not allowed", MaxCalls))
		return nil
	}
	out, failed, err := c.call(ctx, r)
	if err != nil {
		return err
	}
	c.frame().State = nil
	c.undeclared(out)
	if failed == nil {
		failed = c.apply(out)
	}
	c.refused = failed == nil && isRefusal(out.Outcome)
	switch {
	case failed == nil:
		c.follow(out)
	case !c.startAgain(failed):
		c.violated(failed, out.Digest)
		c.fail(failed)
	}
	return nil
}

// isRefusal says whether an outcome is a no: of the user, as that of consent and of a
// login elsewhere, or of the operator, as that of deny.
func isRefusal(outcome string) bool { return outcome == "denied" || outcome == "cancelled" }

// undeclared keeps which capabilities the step called and doesn't declare, whatever it
// made of the refusal.
func (c *course) undeclared(out Output) {
	for _, name := range out.Undeclared {
		message := fmt.Sprintf("capability: %q was called, and the step type does not declare it", name)
		c.violated(&StepError{Class: classGrantViolation, Message: message}, out.Digest)
	}
}

// violated keeps a claim that was refused: an on_error must not hide it.
func (c *course) violated(failed *StepError, digest string) {
	if failed.Class != classGrantViolation || len(c.run.Violations) >= MaxViolations {
		return
	}
	s := c.current()
	if t, ok := c.release.digests[s.Use]; digest == "" && ok {
		digest = t
	}
	c.run.Violations = append(slices.Clip(c.run.Violations), Violation{
		Step: s.Name, Use: s.Use, Digest: digest, Message: cut(failed.Message), At: c.engine.now(),
	})
}

// fail is what a step error leads to. Nothing of the call was kept.
func (c *course) fail(failed *StepError) {
	s := c.current()
	reason := fmt.Sprintf("step %q failed: %s", s.Name, cut(failed.Error()))
	if s.ErrorVar != "" {
		vars := maps.Clone(c.run.Vars)
		vars[s.ErrorVar] = map[string]any{"code": cut(failed.Code), "message": cut(failed.Message), "step": s.Name}
		c.run.Vars = vars
	}
	switch {
	case s.OnError != "":
		c.goTo(s.OnError, reason)
	case failed.Busy || failed.Class == classTimeout:
		// What is counted the same on every machine, as fuel is, is a fault of the step's. Time
		// is short when much is going on (RFC 6749 4.1.2.1).
		c.end(ErrorPrefix+unavailable, reason)
	default:
		c.serverError(reason)
	}
}

// maxErrorText bounds what a step error writes into its variable, in bytes.
const maxErrorText = 1 << 10

func cut(s string) string {
	if len(s) > maxErrorText {
		s = s[:maxErrorText]
	}
	return strings.ToValidUTF8(s, "")
}

// follow goes where a good output leads.
func (c *course) follow(out Output) {
	s := c.current()
	if out.Outcome != "" {
		target, _ := s.next(out.Outcome) // apply saw that it exists
		c.goTo(target, fmt.Sprintf("step %q ended in %q", s.Name, out.Outcome))
		return
	}
	// A redirect is no page of ours. Under prompt=none the capability that gave its URL
	// saw to it that the other side shows none either.
	if !c.run.Interactive && out.Redirect == nil {
		c.end(ErrorPrefix+interactionRequired, fmt.Sprintf("step %q has to ask, and prompt=none forbids it", s.Name))
		c.run.End.Consent = slices.Contains(s.kind.Capabilities, consentGive)
		return
	}
	c.frame().State = out.State
	c.run.Prompt = out.Prompt
	if out.Redirect != nil {
		c.run.Redirect = out.Redirect.URL
	}
}

// goTo makes a step the current one, or ends the journey. The reason is told
// where that ends the run.
func (c *course) goTo(target, reason string) {
	if isTerminal(target) {
		c.finish(target, reason)
		return
	}
	c.frame().Step = target
}
