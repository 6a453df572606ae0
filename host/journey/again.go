package journey

import (
	"slices"

	"github.com/acrhost/acrhost/host/acr"
)

// startAgain begins the journey anew without what a level found too old, and says
// whether it did. Evidence that is older than a level's max_age does not count for that
// level: a step that let it pass could not know which level was ahead, and asks now
// that it is gone. What was verified in this run stays. It ends, for each time there is
// less of the session's evidence.
func (c *course) startAgain(failed *StepError) bool {
	if failed.stale == nil {
		return false
	}
	kept := slices.DeleteFunc(slices.Clone(c.run.Evid), failed.stale)
	if len(kept) == len(c.run.Evid) {
		return false
	}
	r := c.run
	r.Evid, r.Vars = kept, map[string]any{}
	r.ACR, r.AMR, r.Claims, r.Up = nil, nil, nil, brought(kept)
	r.Stack = []Frame{{Journey: r.Journey, Step: c.release.journeys[r.Journey].Start, Visits: map[string]int{}}}
	return true
}

// stale tells what of a session's evidence is too old for a value's level and speaks of
// what the level needs; nil when it is not age alone that keeps the evidence from
// supporting the value. What the level does not need is not asked for again.
func (d *draft) stale(value string) func(Evidence) bool {
	level := d.levels.Levels[value]
	age := level.MaxAge
	level.MaxAge = 0
	if age == 0 || level.Supports(facts(d.Evid), d.now) != nil {
		return nil
	}
	needed := slices.Concat(level.Requires...)
	all := slices.Contains(needed, acr.MFA) // which any two may come to
	return func(e Evidence) bool {
		speaks := all || slices.ContainsFunc(e.AMR, func(v string) bool { return slices.Contains(needed, v) })
		return e.Session && speaks && d.now.Sub(e.At) > age
	}
}
