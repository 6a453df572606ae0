package artifact

import (
	"slices"

	"github.com/acrhost/acrhost/host/fetchrule"
	"github.com/acrhost/acrhost/sdk/go/abi"
)

// Asks is what a step asks an operator for. Lists are sorted, without doubles.
type Asks struct {
	Capabilities []string `toml:"capabilities,omitempty" json:"capabilities,omitzero"`
	// Fetches are where http_fetch goes; anywhere: a step doesn't say.
	Fetches  []string `toml:"fetches,omitempty" json:"fetches,omitzero"`
	Reads    []string `toml:"reads,omitempty" json:"reads,omitzero"`
	Vars     []string `toml:"vars,omitempty" json:"vars,omitzero"`
	ACR      []string `toml:"acr,omitempty" json:"acr,omitzero"`
	AMR      []string `toml:"amr,omitempty" json:"amr,omitzero"`
	Claims   []string `toml:"claims,omitempty" json:"claims,omitzero"`
	Evidence []string `toml:"evidence,omitempty" json:"evidence,omitzero"`
	Subject  bool     `toml:"subject,omitempty" json:"subject,omitzero"`
}

// asksOf is what a step type asks for. What it takes from its configuration is the
// operator's own choice, and shown as the path: config/level. Where the configuration has
// none it is the vendor's, so the default of the step's schema stands beside it: an update
// that changes it asks for something else.
func asksOf(t abi.StepType) Asks {
	w := t.Writes
	a := Asks{
		Capabilities: t.Capabilities, Fetches: slices.Concat(t.Fetches, defaultFetches(t)), Reads: t.Reads,
		Vars: slices.Concat(w.Vars, fromConfig(w.VarsFrom), defaultVars(t)), ACR: slices.Concat(w.ACR, fromConfig(w.ACRFrom), defaultACR(t)),
		AMR: w.AMR, Claims: w.Claims, Evidence: w.Evidence, Subject: w.Subject,
	}
	if len(t.Fetches) == 0 && slices.Contains(t.Capabilities, httpFetch) {
		a.Fetches = []string{anywhere}
	}
	return a.sorted()
}

// and is what both ask for.
func (a Asks) and(b Asks) Asks {
	return Asks{
		Capabilities: slices.Concat(a.Capabilities, b.Capabilities), Fetches: slices.Concat(a.Fetches, b.Fetches), Reads: slices.Concat(a.Reads, b.Reads),
		Vars: slices.Concat(a.Vars, b.Vars), ACR: slices.Concat(a.ACR, b.ACR), AMR: slices.Concat(a.AMR, b.AMR),
		Claims: slices.Concat(a.Claims, b.Claims), Evidence: slices.Concat(a.Evidence, b.Evidence), Subject: a.Subject || b.Subject,
	}.sorted()
}

// sorted is a copy whose lists are as they are compared; those with nothing in them are nil.
func (a Asks) sorted() Asks {
	for _, list := range []*[]string{&a.Capabilities, &a.Fetches, &a.Reads, &a.Vars, &a.ACR, &a.AMR, &a.Claims, &a.Evidence} {
		*list = slices.Compact(slices.Sorted(slices.Values(*list)))
	}
	return a
}

const (
	httpFetch = "http_fetch"
	anywhere  = "anywhere" // that the operator allows
)

// fetches says whether a request to somewhere was asked for before, in other words, or is
// no more than the capability that is asked for beside it.
func (a Asks) fetches(value string) bool {
	had := slices.Contains(a.Capabilities, httpFetch)
	if value == anywhere {
		return !had || len(a.Fetches) == 0
	}
	if had && (len(a.Fetches) == 0 || slices.Contains(a.Fetches, anywhere)) {
		return true
	}
	want, err := fetchrule.ParseWant(value)
	wants, alsoErr := fetchrule.ParseWants(a.Fetches)
	return err == nil && alsoErr == nil && want.Within(wants)
}

func fromConfig(paths []string) []string {
	shown := make([]string, len(paths))
	for i, p := range paths {
		shown[i] = "config" + p
	}
	return shown
}

// More is one thing that a module asks for and another one did not.
type More struct {
	Step  string `json:"step,omitzero"` // empty: the module as a whole
	What  string `json:"what"`          // as capabilities, writes.acr, imports
	Value string `json:"value,omitzero"`
}

// String is the request as a manifest has it, for a message.
func (m More) String() string {
	text := m.What
	if m.Value != "" {
		text += " " + printable(m.Value)
	}
	if m.Step != "" {
		text = "step " + printable(m.Step) + ": " + text
	}
	return text
}

// beyond lists what a asks for and the older one did not.
func (a Asks) beyond(older Asks) []More {
	var more []More
	for _, kind := range a.kinds() {
		had := older.kinds()[kind.what]
		for _, value := range kind.values {
			asked := slices.Contains(had.values, value) || kind.what == "fetches" && older.fetches(value)
			if !asked {
				more = append(more, More{What: kind.what, Value: value})
			}
		}
	}
	slices.SortFunc(more, compareMore)
	return more
}

type kind struct {
	what   string
	values []string
}

func (a Asks) kinds() map[string]kind {
	subject := []string{}
	if a.Subject {
		subject = []string{""}
	}
	all := map[string]kind{}
	for what, values := range map[string][]string{
		"capabilities": a.Capabilities, "fetches": a.Fetches, "reads": a.Reads, "writes.vars": a.Vars, "writes.acr": a.ACR, "writes.amr": a.AMR,
		"writes.claims": a.Claims, "writes.evidence": a.Evidence, "writes.subject": subject,
	} {
		all[what] = kind{what, values}
	}
	return all
}
