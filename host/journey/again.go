package journey

import "slices"

// startAgain begins the journey anew without what a level found too old, and says
// whether it did. Evidence that is older than a level's max_age does not count for that
// level: a step that let it pass could not know which level was ahead, and asks now
// that it is gone. What was verified in this run stays, but for a login at another
// provider: the user may have signed in there long before. That provider is asked for a
// new login, once. It ends: for each time there is less of the session's evidence, or
// one provider more that was asked so.
func (c *course) startAgain(failed *StepError) bool {
	if failed.stale == nil {
		return false
	}
	return c.without(failed.stale, c.anew(failed.stale, failed.evidence))
}

// without begins the journey anew without some of the session's evidence, and without
// logins at providers that are to be asked for new ones. It says whether there was any.
func (c *course) without(old func(Evidence) bool, anew []string) bool {
	r := c.run
	kept := slices.DeleteFunc(slices.Clone(r.Evid), func(e Evidence) bool {
		return old(e) && (e.Session || e.Upstream != nil && slices.Contains(anew, e.Upstream.Provider))
	})
	if len(kept) == len(r.Evid) && len(anew) == 0 {
		return false
	}
	r.Evid, r.Vars, r.Anew = kept, map[string]any{}, slices.Concat(r.Anew, anew)
	r.ACR, r.AMR, r.Claims, r.Up = nil, nil, nil, brought(kept)
	r.Stack = []Frame{{Journey: r.Journey, Step: c.release.journeys[r.Journey].Start, Visits: map[string]int{}}}
	return true
}

// anew are the providers of old logins that were not asked for a new one yet. Evidence is
// the run's, or that of a call that failed for its age: then none of it was kept.
func (c *course) anew(old func(Evidence) bool, evidence []Evidence) (providers []string) {
	for _, e := range evidence {
		if e.Upstream == nil || !old(e) {
			continue
		}
		if name := e.Upstream.Provider; !slices.Contains(c.run.Anew, name) && !slices.Contains(providers, name) {
			providers = append(providers, name)
		}
	}
	return providers
}

// aged begins the journey anew where evidence has grown too old for the level of the acr
// since that was set, and says whether there was such.
func (c *course) aged() bool {
	r := c.run
	if r.ACR == nil {
		return false
	}
	d := draft{Run: *r, now: c.engine.now(), levels: c.engine.Levels}
	if d.levels.Supports(*r.ACR, facts(r.Evid), d.now) == nil {
		return false
	}
	old := d.stale(*r.ACR)
	return old != nil && c.without(old, c.anew(old, r.Evid))
}
