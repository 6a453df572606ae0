package main

// Goal is one of the project's goals and whether this run held it.
type Goal struct {
	What     string  `json:"what"`
	Measured float64 `json:"measured"`
	Bound    float64 `json:"bound"`
	AtLeast  bool    `json:"at_least"` // the bound is a lower one
	// Ratio is to what the peer did in the same run, and Wanted what the bound was to the
	// peer on the machine on which it was set. 0: the goal is no comparison.
	Ratio  float64 `json:"ratio,omitempty"`
	Wanted float64 `json:"wanted_ratio,omitempty"`
	// CPU is the same ratio by what one costs the server, which says more on a machine that
	// others use too. The verdict is by Ratio.
	CPU  float64 `json:"cpu_ratio,omitempty"`
	Held bool    `json:"held"`
}

// growth is how much of its memory after a tenth of the logins a server may have at the
// end of them and still be flat: what the collector leaves moves by a few percent.
const growth = 1.1

// rate is a goal of so many a second, as it was set on a machine where the peer did so many.
// Figures do not travel: it is held by whoever is as good to the peer here as there.
func (r *Report) rate(what, name, peer string, of func(Result) Load, bound, peerDid float64) []Goal {
	ours, theirs := r.find(name), r.find(peer)
	if ours == nil {
		return nil
	}
	g := Goal{What: what, Measured: of(*ours).Rate, Bound: bound, AtLeast: true}
	if theirs == nil {
		g.Held = g.Measured >= bound
		return []Goal{g}
	}
	g.Ratio, g.Wanted = g.Measured/of(*theirs).Rate, bound/peerDid
	if of(*ours).CPU > 0 {
		g.CPU = of(*theirs).CPU / of(*ours).CPU
	}
	g.Held = g.Ratio >= g.Wanted
	return []Goal{g}
}

func atMost(what string, measured, bound float64) Goal {
	return Goal{What: what, Measured: measured, Bound: bound, Held: measured <= bound}
}

func (r *Report) find(name string) *Result {
	for i := range r.Results {
		if r.Results[i].Name == name {
			return &r.Results[i]
		}
	}
	return nil
}

// What of a result a goal is about.
func ofLogin(r Result) Load     { return r.Login }
func ofRefresh(r Result) Load   { return r.Refresh }
func ofUserinfo(r Result) Load  { return r.Userinfo }
func ofDiscovery(r Result) Load { return r.Discovery }
func ofJWKS(r Result) Load      { return r.JWKS }

// goals holds the results against the goals. One whose subject was left out by --only is
// left out too.
func goals(r *Report) []Goal {
	var all []Goal
	add := func(more []Goal) { all = append(all, more...) }
	add(r.rate("logins/s, SQLite, steps in C, ES256", sqliteC, zitadel, ofLogin, 2_200, 4_299))
	add(r.rate("logins/s, SQLite, steps in Go, ES256", sqliteGo, zitadel, ofLogin, 2_200, 4_299))
	add(r.rate("logins/s, SQLite, steps in C, RS256", sqliteRS, zitadelR, ofLogin, 1_000, 1_119))
	add(r.rate("logins/s, memory, steps in C, ES256", memoryC, zitadel, ofLogin, 4_300, 4_299))
	for _, name := range []string{sqliteC, sqliteGo} {
		if ours := r.find(name); ours != nil {
			all = append(all, atMost("p99 of a login, ms: "+name, ours.Login.P99, 25))
		}
	}
	add(r.rate("refreshes/s, SQLite, ES256", sqliteC, zitadel, ofRefresh, 6_000, 9_904))
	add(r.rate("userinfo/s, SQLite", sqliteC, zitadel, ofUserinfo, 20_000, 22_924))
	add(r.rate("discovery/s", sqliteC, zitadel, ofDiscovery, 40_000, 44_798))
	add(r.rate("JWKS/s", sqliteC, zitadel, ofJWKS, 40_000, 39_901))
	if ours := r.find(sqliteGo); ours != nil {
		all = append(all, atMost("start with compiled steps, ms", ours.Start, 200), atMost("memory idle, MiB", ours.Idle, 64))
	}
	if f := r.Flat; f != nil && f.Early > 0 {
		all = append(all, atMost("memory at the end of many logins to that after a tenth", f.End/f.Early, growth))
	}
	return all
}
