package journey

import (
	"slices"
	"time"
)

// startAgain begins the journey anew without what a level found too old, and says
// whether it did. Evidence that is older than a level's max_age does not count for that
// level: a step that let it pass could not know which level was ahead, and asks now
// that it is gone. What was verified in this run stays. It ends, for each time there is
// less of the session's evidence.
func (c *course) startAgain(failed *StepError) bool {
	if failed.staleAfter == 0 {
		return false
	}
	now := c.engine.now()
	kept := slices.DeleteFunc(slices.Clone(c.run.Evid), func(e Evidence) bool {
		return e.Session && now.Sub(e.At) > failed.staleAfter
	})
	if len(kept) == len(c.run.Evid) {
		return false
	}
	r := c.run
	r.Evid, r.Vars = kept, map[string]any{}
	r.ACR, r.AMR, r.Claims, r.Up = nil, nil, nil, nil
	r.Stack = []Frame{{Journey: r.Journey, Step: c.release.journeys[r.Journey].Start, Visits: map[string]int{}}}
	return true
}

// staleAfter is the age from which evidence does not count for a value's level, when
// nothing but age keeps it from supporting the value; else 0.
func (d *draft) staleAfter(value string) time.Duration {
	age := d.levels.Levels[value].MaxAge
	level := d.levels.Levels[value]
	level.MaxAge = 0
	if age == 0 || level.Supports(facts(d.Evid), d.now) != nil {
		return 0
	}
	return age
}
