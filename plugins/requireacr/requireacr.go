// Package requireacr is the step type require-acr: it holds the evidence against the
// values that the client asked for. It verifies nothing and asks nothing: it says
// what is missing, and the journey goes to the step that asks for it and comes back.
//
// It knows the predefined values of Okta by their meaning (predefined.go); any other
// value means what its configuration says. What would help is found by trying what
// the user has (plan.go).
package requireacr

import (
	"slices"

	"github.com/acrhost/acrhost/sdk/go/abi"
	"github.com/acrhost/acrhost/sdk/go/capability"
	"github.com/acrhost/acrhost/sdk/go/step"
)

// Step is the configuration.
type Step struct {
	Values   []Value  `json:"values" schema:"required,min=1" doc:"The values that are supported. Others in a request are ignored."`
	Default  string   `json:"default" schema:"min=1" doc:"One of the values, for a request that names none of them; absent: such a request is met by anything, and no acr is set."`
	Methods  []Method `json:"methods" schema:"required,min=1" doc:"What the journey can ask for, or let the user add, the preferred first."`
	Variable string   `json:"variable" schema:"min=1" doc:"The variable that gets the method that is missing: at unmet the one to ask for next, or none when nothing that the user has would do; at enroll the one to add."`
	Set      bool     `json:"set" default:"true" doc:"Set the acr to the value that is met."`
	// The host refuses to add a factor by older evidence.
	EnrollMaxAge step.Duration `json:"enroll_max_age" default:"10m" doc:"How old what was verified may be when a factor is added, as max_age in [factors]: what is older is asked for again before the outcome enroll."`
}

// The outcomes.
const (
	met    = "met"
	unmet  = "unmet"
	enroll = "enroll"
)

// Type is the step type.
func Type() step.Type {
	return step.Define[Step]("require-acr", step.Description{
		Title:        "Require the requested acr values",
		Outcomes:     []string{met, unmet, enroll},
		Writes:       abi.Writes{ACRFrom: []string{"/values/*/acr"}, VarsFrom: []string{"/variable"}},
		Capabilities: []string{"user_factors"},
	})
}

// Run takes the first of the requested values that the user can meet by what they
// have. Where nobody can be asked, that is the first that is met as it is.
func (s Step) Run(ctx *step.Context) step.Result {
	if ctx.Subject == nil {
		return step.Fail("no_subject", "nobody is identified whose evidence could count: put an identify or password step before")
	}
	wanted, fault := s.wanted(ctx.Request.ACRValues)
	switch {
	case fault != "":
		return step.Fail("config", fault)
	case len(wanted) == 0:
		return step.Outcome(met)
	}
	has, err := capability.UserFactors(ctx)
	if err != nil {
		return step.Failed(err)
	}
	u := user{evidence: ctx.Evidence, now: ctx.Call.Now, owned: owned(s.Methods, has)}
	if !ctx.Call.Interactive {
		i := slices.IndexFunc(wanted, func(v Value) bool { way, ok := u.way(v); return ok && len(way) == 0 })
		if i >= 0 {
			return s.met(wanted[i])
		}
	}
	for _, v := range wanted {
		switch way, ok := u.way(v); {
		case ok && len(way) == 0:
			return s.met(v)
		case ok:
			return s.missing(unmet, way[0])
		}
	}
	return s.add(u, wanted)
}

// add leads to a factor that the user does not have yet. What they have comes first:
// the host lets nobody add a factor by less.
func (s Step) add(u user, wanted []Value) step.Result {
	for _, v := range wanted {
		method, ok := u.lacks(v, s.Methods)
		if !ok {
			continue
		}
		switch way, ok := u.way(Value{ACR: twoIfPossible, MaxAge: s.EnrollMaxAge}); {
		case ok && len(way) == 0:
			return s.missing(enroll, method)
		case ok:
			return s.missing(unmet, way[0])
		}
	}
	return s.missing(unmet, none)
}

// wanted are the requested values that are supported, in the order of the request.
func (s Step) wanted(requested []string) (wanted []Value, fault string) {
	for _, v := range s.Values {
		if !v.known() {
			return nil, "the value " + v.ACR + " is not a predefined one: say what it requires"
		}
	}
	for _, name := range requested {
		if i := s.index(name); i >= 0 {
			wanted = append(wanted, s.Values[i])
		}
	}
	if len(wanted) > 0 || s.Default == "" {
		return wanted, ""
	}
	i := s.index(s.Default)
	if i < 0 {
		return nil, "the default " + s.Default + " is none of the values"
	}
	return s.Values[i : i+1], ""
}

func (s Step) index(name string) int {
	return slices.IndexFunc(s.Values, func(v Value) bool { return v.ACR == name })
}

func (s Step) met(v Value) step.Result {
	if !s.Set {
		return step.Outcome(met)
	}
	return step.Outcome(met).WithACR(v.ACR)
}

func (s Step) missing(outcome string, m Method) step.Result {
	if s.Variable == "" {
		return step.Outcome(outcome)
	}
	return step.Outcome(outcome).WithVar(s.Variable, string(m))
}
