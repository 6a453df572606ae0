package artifact

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/acrhost/acrhost/sdk/go/abi"
)

// Difference is what sets a newer module apart from an older one.
type Difference struct {
	// More is what the newer one asks for and the older one did not: somebody has to
	// agree to it.
	More []More `json:"more"`
	// Changes are what a journey may have to follow: steps, outcomes, configurations.
	Changes []string `json:"changes"`
}

// Diff compares two modules without running them: their packed manifests and what they
// import.
func Diff(older, newer []byte) (Difference, error) {
	d := Difference{More: []More{}, Changes: []string{}}
	var manifests [2]abi.Manifest
	var imports [2][]string
	for i, wasm := range [][]byte{older, newer} {
		var err error
		if manifests[i], err = Manifest(wasm); err != nil {
			return d, fmt.Errorf("the %s module: %w", []string{"older", "newer"}[i], err)
		}
		if imports[i], err = importsOf(wasm); err != nil {
			return d, fmt.Errorf("the %s module: %w", []string{"older", "newer"}[i], err)
		}
	}
	for _, name := range imports[1] {
		if !slices.Contains(imports[0], name) {
			d.More = append(d.More, More{What: "imports", Value: name})
		}
	}
	d.manifests(manifests[0], manifests[1])
	slices.SortFunc(d.More, compareMore)
	return d, nil
}

func (d *Difference) manifests(older, newer abi.Manifest) {
	if older.Name != newer.Name {
		d.change("the name was %s, is %s", printable(older.Name), printable(newer.Name))
	}
	if older.Version != newer.Version {
		d.change("the version was %s, is %s", printable(older.Version), printable(newer.Version))
	}
	for _, name := range stepsOf(older, newer) {
		before, was := older.Steps[name]
		after, is := newer.Steps[name]
		switch {
		case !is:
			d.change("step %s is gone", printable(name))
			continue
		case !was:
			d.change("step %s is new", printable(name))
		default:
			d.step(name, before, after)
		}
		for _, more := range asksOf(after).beyond(asksOf(before)) {
			more.Step = name
			d.More = append(d.More, more)
		}
	}
}

// step lists what a journey may have to follow.
func (d *Difference) step(name string, before, after abi.StepType) {
	outcomes := func(t abi.StepType) []string { return slices.Concat(t.Outcomes, fromConfig(t.OutcomesFrom)) }
	for _, o := range outcomes(after) {
		if !slices.Contains(outcomes(before), o) {
			d.change("step %s has the outcome %s, which needs an edge", printable(name), printable(o))
		}
	}
	for _, o := range outcomes(before) {
		if !slices.Contains(outcomes(after), o) {
			d.change("step %s has no outcome %s any more", printable(name), printable(o))
		}
	}
	schema := func(t abi.StepType) []byte {
		if len(t.ConfigSchema) == 0 {
			return []byte("{}")
		}
		return t.ConfigSchema
	}
	lines, err := Drift(schema(before), schema(after))
	if err != nil || len(lines) > 0 {
		d.change("step %s takes another configuration", printable(name))
	}
}

func (d *Difference) change(format string, args ...any) {
	d.Changes = append(d.Changes, fmt.Sprintf(format, args...))
}

func compareMore(a, b More) int {
	return cmp.Or(cmp.Compare(a.Step, b.Step), cmp.Compare(a.What, b.What), cmp.Compare(a.Value, b.Value))
}

// printable is a text of a module for a message: a terminal obeys what it is shown.
func printable(s string) string {
	quoted := strconv.Quote(s)
	if quoted == `"`+s+`"` && s != "" {
		return s
	}
	return quoted
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
