package journey

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/acrhost/acrhost/host/acr"
	"github.com/acrhost/acrhost/sdk/go/abi"
)

// apply puts what a call came to into the run: all of it, or, with a StepError,
// nothing.
func (c *course) apply(out Output) *StepError {
	if failed := c.check(out); failed != nil {
		return failed
	}
	d := draft{
		Run: *c.run, step: c.current(), config: c.config, digest: out.Digest, now: c.engine.now(), levels: c.engine.Levels,
		input: ACRInput{Call: callID(c.run), Requested: c.run.Request.ACRValues, Config: c.config},
	}
	if len(out.ACR) > 0 {
		d.input.Seen = seenBy(d.step.kind.Reads, c.run)
	}
	// In this order: a person brings their own evidence, and evidence supports the acr.
	for _, put := range []func(Output) *StepError{d.subject, d.evidence, d.consent, d.upstream, d.claims, d.variables, d.acr} {
		if failed := put(out); failed != nil {
			return failed
		}
	}
	*c.run = d.Run
	return nil
}

// check looks at the output's shape. The plugin's decoder did so before; other
// steppers have none.
func (c *course) check(out Output) *StepError {
	if out.Error != nil {
		return &StepError{Class: classGuestError, Code: out.Error.Code, Message: out.Error.Message}
	}
	kinds := 0
	for _, present := range []bool{out.Outcome != "", out.Prompt != nil, out.Redirect != nil && out.Redirect.URL != ""} {
		if present {
			kinds++
		}
	}
	if kinds != 1 {
		return invalid("the output must have exactly one of outcome, prompt, redirect and error")
	}
	if out.Outcome == "" {
		return nil
	}
	if _, ok := c.current().next(out.Outcome); !ok {
		return invalid(fmt.Sprintf("the outcome %q is none that the step type declares", out.Outcome))
	}
	return nil
}

func invalid(message string) *StepError {
	return &StepError{Class: classOutputInvalid, Code: classOutputInvalid, Message: message}
}

// draft is a run that is being changed. What it shares with the original it
// replaces, and never changes in place.
type draft struct {
	Run
	step   *compiledStep
	config json.RawMessage // of the call, expressions evaluated
	digest string
	now    time.Time
	levels acr.Levels
	input  ACRInput
}

// subject makes someone the person that the run is about. Nobody inherits what
// was verified about another, or before they were known.
func (d *draft) subject(out Output) *StepError {
	s := out.Subject
	if ref := out.Output.Subject; ref != nil {
		if s != nil && s.ID != ref.ID {
			return invalid("the output names another subject than its capabilities identified")
		}
		if s == nil && (d.Subject == nil || d.Subject.ID != ref.ID) {
			s = &abi.Subject{ID: ref.ID}
		}
	}
	if s == nil {
		return nil
	}
	s, err := plainSubject(s)
	if err != nil {
		return invalid(err.Error())
	}
	before := d.Subject
	d.Subject = s
	if before != nil && before.ID == s.ID {
		return nil
	}
	d.Evid, d.AMR, d.Claims = nil, nil, nil
	if before != nil {
		d.ACR, d.Up, d.Consented = nil, nil, false
	}
	return nil
}

// consent is this person's, and for this run.
func (d *draft) consent(out Output) *StepError {
	d.Consented = d.Consented || out.Consented
	return nil
}

// evidence adds what the host saw, and what a granted plugin claims. Both are
// given the time and the step: neither is the guest's to say.
func (d *draft) evidence(out Output) *StepError {
	seen := slices.Clone(out.Evidence)
	for _, e := range out.Output.Evidence {
		seen = append(seen, Evidence{Method: e.Method, AMR: e.AMR, Asserted: true})
	}
	for _, e := range seen {
		if e.Upstream == nil || e.At.IsZero() || e.At.After(d.now) {
			e.At = d.now // else the user signed in there at that time, perhaps before this run
		}
		e.At, e.Step, e.Digest, e.Session = e.At.Truncate(time.Millisecond), d.step.Name, d.digest, false
		// The same thing verified again replaces what is older.
		d.Evid = append(without(d.Evid, e), e)
	}
	added := slices.Clone(d.AMR)
	for _, value := range out.AMR {
		if !slices.Contains(added, value) {
			added = append(added, value)
		}
	}
	d.AMR = added
	return nil
}

// without leaves out what is the same as a new piece of evidence. What a module asserts
// takes the place of nothing that the host saw.
func without(evidence []Evidence, again Evidence) []Evidence {
	var others []Evidence
	for _, e := range evidence {
		if !e.isLike(again) {
			others = append(others, e)
		}
	}
	return others
}

func (d *draft) upstream(out Output) *StepError {
	if len(out.Upstream) == 0 {
		return nil
	}
	all := maps.Clone(d.Up)
	if all == nil {
		all = map[string]abi.Upstream{}
	}
	for name, u := range out.Upstream {
		claims, _, err := plain(u.Claims)
		if err != nil {
			return invalid(err.Error())
		}
		all[name] = abi.Upstream{Claims: claims, ACR: u.ACR, AMR: u.AMR}
	}
	d.Up = all
	return nil
}

func (d *draft) claims(out Output) (failed *StepError) {
	d.Claims, failed = merge("claims", d.Claims, out.Claims, MaxClaims)
	return failed
}

func (d *draft) variables(out Output) (failed *StepError) {
	d.Vars, failed = merge("vars", d.Vars, out.Vars, MaxVars)
	return failed
}

// acr sets the value. The last set wins; every set is kept in the trail.
func (d *draft) acr(out Output) *StepError {
	if len(out.ACR) == 0 {
		return nil
	}
	value, err := acr.Canonical(out.ACR)
	if err != nil {
		return invalid(err.Error())
	}
	if err := d.step.undeclared(d.config, value); err != nil {
		return &StepError{Class: classGrantViolation, Code: classGrantViolation, Message: err.Error()}
	}
	if err := d.levels.Supports(value, facts(d.Evid), d.now); err != nil {
		return &StepError{Class: classGrantViolation, Code: classGrantViolation, Message: err.Error(), stale: d.stale(value), evidence: d.Evid}
	}
	d.ACR = &value
	d.input.AMR = d.AllAMR()
	if len(d.input.Config) > MaxTrailConfig {
		d.input.Config = nil
	}
	d.Trail = append(slices.Clip(d.Trail), ACRSet{
		Value: value, Step: d.step.Name, Use: d.step.Use, Digest: d.digest, At: d.now, Input: d.input,
	})
	return nil
}
