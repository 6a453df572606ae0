package plugin

import (
	"fmt"
	"maps"
	"slices"

	"github.com/acrhost/acrhost/host/acr"
	"github.com/acrhost/acrhost/host/fetchrule"
	"github.com/acrhost/acrhost/sdk/go/abi"
)

// capability says whether a capability is granted. With All, importing it is asking
// for it.
func (g Grant) capability(name string) bool {
	return g.All || slices.Contains(g.Capabilities, name)
}

// covers says whether one of the patterns matches s. A request may be a pattern too:
// its star is matched only by a star of the grant.
func covers(patterns []string, s string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool { return acr.Match(p, s) })
}

// requests lists what a manifest asks for outside of the grant.
func (g Grant) requests(m abi.Manifest) []string {
	if g.All {
		return nil
	}
	var faults []string
	for _, name := range slices.Sorted(maps.Keys(m.Steps)) {
		t := m.Steps[name]
		outside := func(what string, granted, asked []string) {
			for _, a := range asked {
				if !covers(granted, a) {
					faults = append(faults, fmt.Sprintf("request outside the grant: step %s asks for %s %q", name, what, a))
				}
			}
		}
		if g.Vars != nil {
			outside("the variable", g.Vars, t.Writes.Vars)
		}
		if g.ACR != nil {
			outside("the acr", g.ACR, t.Writes.ACR)
		}
		outside("the amr", g.AMR, t.Writes.AMR)
		outside("the claim", g.Claims, t.Writes.Claims)
		outside("evidence of", g.Evidence, t.Writes.Evidence)
		outside("the capability", g.Capabilities, t.Capabilities)
		for _, text := range t.Fetches {
			if w, err := fetchrule.ParseWant(text); err != nil || !w.Granted(g.Fetches) {
				faults = append(faults, fmt.Sprintf("request outside the grant: step %s asks to fetch %q", name, text))
			}
		}
		if t.Writes.Subject && !g.Subject {
			faults = append(faults, fmt.Sprintf("request outside the grant: step %s asks to set the subject", name))
		}
	}
	return faults
}

// check gives a grant_violation for the first thing in the output that isn't granted. All is
// what the step declares, to which it was held before.
func (g Grant) check(o *abi.Output) *Error {
	if g.All {
		return nil
	}
	if g.Vars != nil {
		for _, name := range slices.Sorted(maps.Keys(o.Vars)) {
			if !covers(g.Vars, name) {
				return violation("vars: %q is not granted", name)
			}
		}
	}
	if o.ACR != nil && g.ACR != nil {
		value, err := acr.Canonical(o.ACR)
		if err != nil || !covers(g.ACR, value) {
			return violation("acr: %q is not granted", value)
		}
	}
	return g.identity(o, "granted")
}

// identity holds what the output says about the user against a grant: of the operator's, or
// what the manifest declares, as the word has it.
func (g Grant) identity(o *abi.Output, word string) *Error {
	for _, value := range o.AMR {
		if !covers(g.AMR, value) {
			return violation("amr: %q is not %s", value, word)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(o.Claims)) {
		if !covers(g.Claims, name) {
			return violation("claims: %q is not %s", name, word)
		}
	}
	if o.Subject != nil && !g.Subject {
		return violation("subject: setting it is not %s", word)
	}
	return g.evidence(o.Evidence, word)
}

// evidence also holds the amr values of asserted evidence against the grant:
// the host computes amr from them.
func (g Grant) evidence(list []abi.Asserted, word string) *Error {
	for _, e := range list {
		if !covers(g.Evidence, e.Method) {
			return violation("evidence: the method %q is not %s", e.Method, word)
		}
		for _, value := range e.AMR {
			if !covers(g.AMR, value) {
				return violation("evidence: the amr %q is not %s", value, word)
			}
		}
	}
	return nil
}

func violation(format string, args ...any) *Error {
	return &Error{Class: GrantViolation, Code: string(GrantViolation), Message: fmt.Sprintf(format, args...)}
}

// narrow takes out of the input what the grant doesn't let the step see.
func (g Grant) narrow(in abi.Input) abi.Input {
	if g.All || g.Reads == nil {
		return in
	}
	may := func(part string) bool { return slices.Contains(g.Reads, part) }
	if in.Subject != nil && !may("subject.claims") {
		subject := *in.Subject
		subject.Claims = map[string]any{}
		in.Subject = &subject
	}
	if !may("upstream") {
		in.Upstream = map[string]abi.Upstream{}
	}
	if !may("device") {
		in.Device = abi.Device{}
	}
	if !may("vars") {
		in.Vars = map[string]any{}
	}
	return in
}
