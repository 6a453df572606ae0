package artifact

import (
	"maps"
	"slices"

	"github.com/acrhost/acrhost/host/fetchrule"
	"github.com/acrhost/acrhost/sdk/go/abi"
)

// Asks is all that a module asks an operator for, its steps together: what a lock
// records, and what an update is held against. Lists are sorted, without doubles.
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

// AsksOf is what a manifest asks for. What a step takes from its configuration is the
// operator's own choice, and shown as the path: config/level. Where the configuration has
// none it is the vendor's, so the default of the step's schema stands beside it: an update
// that changes it asks for something else.
func AsksOf(m abi.Manifest) Asks {
	var a Asks
	for _, t := range m.Steps {
		w := t.Writes
		a.Capabilities = append(a.Capabilities, t.Capabilities...)
		a.Fetches = append(append(a.Fetches, t.Fetches...), defaultFetches(t)...)
		if len(t.Fetches) == 0 && slices.Contains(t.Capabilities, httpFetch) {
			a.Fetches = append(a.Fetches, anywhere)
		}
		a.Reads = append(a.Reads, t.Reads...)
		a.Vars = slices.Concat(a.Vars, w.Vars, fromConfig(w.VarsFrom), defaultVars(t))
		a.ACR = slices.Concat(a.ACR, w.ACR, fromConfig(w.ACRFrom), defaultACR(t))
		a.AMR = append(a.AMR, w.AMR...)
		a.Claims = append(a.Claims, w.Claims...)
		a.Evidence = append(a.Evidence, w.Evidence...)
		a.Subject = a.Subject || w.Subject
	}
	for _, list := range []*[]string{&a.Capabilities, &a.Fetches, &a.Reads, &a.Vars, &a.ACR, &a.AMR, &a.Claims, &a.Evidence} {
		slices.Sort(*list)
		*list = slices.Compact(*list)
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

// Beyond lists what a asks for and the older one did not.
func (a Asks) Beyond(older Asks) []More {
	var more []More
	for _, kind := range a.kinds() {
		had := older.kinds()[kind.what]
		for _, value := range slices.Sorted(slices.Values(kind.values)) {
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

// stepsOf are the names of both manifests' steps, sorted.
func stepsOf(a, b abi.Manifest) []string {
	names := maps.Clone(a.Steps)
	if names == nil {
		names = map[string]abi.StepType{}
	}
	maps.Copy(names, b.Steps)
	return slices.Sorted(maps.Keys(names))
}
