package journey

import (
	"cmp"
	"slices"

	"github.com/acrhost/acrhost/host/acr"
)

// stale tells what of the evidence is too old for a value's level and has to be renewed for
// it; nil when it is not age alone that keeps the evidence from supporting the value. Of
// the level's sets, any of which will do, it is for the one that takes the fewest pieces
// anew, the first of equals: nobody is asked for a code where a key is enough.
func (d *draft) stale(value string) func(Evidence) bool {
	level := d.levels.Levels[value]
	if level.MaxAge == 0 {
		return nil
	}
	var least []Evidence
	for _, set := range level.Requires {
		renewed, ok := d.renewed(acr.Level{Requires: [][]string{set}, MaxAge: level.MaxAge})
		if ok && (least == nil || len(renewed) < len(least)) {
			least = renewed
		}
	}
	if least == nil {
		return nil
	}
	return func(e Evidence) bool {
		return d.now.Sub(e.At) > level.MaxAge && slices.ContainsFunc(least, e.isLike)
	}
}

// renewed are pieces of evidence that are too old for a level and, were they young, would
// meet it with what is; none of them is one too many. It says whether there are such.
func (d *draft) renewed(level acr.Level) ([]Evidence, bool) {
	var young, old []Evidence
	for _, e := range d.Evid {
		if d.now.Sub(e.At) > level.MaxAge {
			old = append(old, e)
		} else {
			young = append(young, e)
		}
	}
	level.MaxAge = 0
	meets := func(old []Evidence) bool { return level.Supports(facts(slices.Concat(young, old)), d.now) == nil }
	if !meets(old) {
		return nil, false
	}
	// What says the least may go first, and of equals what was verified last: a passkey that
	// is two factors by itself stays before a password and a code.
	slices.Reverse(old)
	slices.SortStableFunc(old, func(a, b Evidence) int { return cmp.Compare(len(a.AMR), len(b.AMR)) })
	for _, e := range slices.Clone(old) {
		if rest := slices.DeleteFunc(slices.Clone(old), e.isLike); meets(rest) {
			old = rest
		}
	}
	return old, len(old) > 0
}

// isLike says whether a piece of evidence is of the same kind as another: verified again,
// the one replaces the other.
func (e Evidence) isLike(other Evidence) bool {
	same := slices.Equal(e.AMR, other.AMR) || other.Upstream != nil
	return e.Method == other.Method && same && e.Asserted == other.Asserted
}
