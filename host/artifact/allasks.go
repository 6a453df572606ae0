package artifact

import (
	"maps"
	"slices"

	"github.com/acrhost/acrhost/sdk/go/abi"
)

// AllAsks is all that a module asks an operator for, by the names of its steps: what a lock
// records, and what an update is held against.
type AllAsks map[string]Asks

// AsksOf is what a manifest asks for.
func AsksOf(m abi.Manifest) AllAsks {
	all := AllAsks{}
	for name, t := range m.Steps {
		all[name] = asksOf(t)
	}
	return all
}

// together is what the steps ask for as one.
func (a AllAsks) together() Asks {
	var all Asks
	for _, name := range slices.Sorted(maps.Keys(a)) {
		all = all.and(a[name])
	}
	return all
}

// Beyond lists what a asks for and the older one did not. What none of the older steps asked
// for is said of the module; the rest is what another step asked for before: one that could
// read claims may send requests by now, where each was agreed to of a step that did only that.
func (a AllAsks) Beyond(older AllAsks) []More {
	all := a.together().beyond(older.together())
	said := slices.Clone(all)
	for _, name := range slices.Sorted(maps.Keys(a)) {
		for _, more := range a[name].beyond(older[name]) {
			if !slices.Contains(said, more) {
				more.Step = name
				all = append(all, more)
			}
		}
	}
	return all
}
