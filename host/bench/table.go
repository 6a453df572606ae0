package main

import (
	"fmt"
	"io"

	"github.com/acrhost/acrhost/host/figures"
)

const notes = `Each figure is the median of its turns. A login is everything from empty cookies to a checked ID token; the peers keep what
they issue in memory. CPU is the server's for one login. Start is until the first answer, for acrhost with compiled steps in the cache.

`

// print writes the report as text.
func (r *Report) print(out io.Writer) {
	fmt.Fprintf(out, "%s; ", r.Machine)
	if pinned() {
		fmt.Fprint(out, "the server on one core, the users on the others\n\n")
	} else {
		fmt.Fprint(out, "not pinned: there is one core, or no taskset\n\n")
	}
	printLogins(out, r.Results)
	printRest(out, r.Results)
	fmt.Fprint(out, notes)
	if f := r.Flat; f != nil {
		fmt.Fprintf(out, "memory over %d logins: %.0f MiB after a tenth, %.0f at the end\n\n", f.Logins, f.Early, f.End)
	}
	printGoals(out, r.Goals)
}

func printLogins(out io.Writer, list []Result) {
	var g figures.Table
	g.Add("logins", "alone: p50 ms", fmt.Sprintf("%d users: /s", users), "p50 ms", "p99 ms", "CPU ms", "memory MiB")
	for _, r := range list {
		g.Add("  "+r.Name, fmt.Sprintf("%.2f", r.Alone.P50), fmt.Sprintf("%.0f", r.Login.Rate), fmt.Sprintf("%.1f", r.Login.P50),
			fmt.Sprintf("%.1f", r.Login.P99), fmt.Sprintf("%.2f", r.Login.CPU), fmt.Sprintf("%.0f", r.Login.Memory))
	}
	g.Print(out)
}

func printRest(out io.Writer, list []Result) {
	var g figures.Table
	g.Add(fmt.Sprintf("%d users, requests/s", users), "refresh", "userinfo", "discovery", "JWKS", "start ms", "idle MiB")
	for _, r := range list {
		g.Add("  "+r.Name, fmt.Sprintf("%.0f", r.Refresh.Rate), fmt.Sprintf("%.0f", r.Userinfo.Rate), fmt.Sprintf("%.0f", r.Discovery.Rate),
			fmt.Sprintf("%.0f", r.JWKS.Rate), fmt.Sprintf("%.0f", r.Start), fmt.Sprintf("%.0f", r.Idle))
	}
	g.Print(out)
}

func printGoals(out io.Writer, list []Goal) {
	if len(list) == 0 {
		return
	}
	var g figures.Table
	g.Add("goals", "measured", "bound", "to zitadel", "by CPU", "wanted", "")
	for _, t := range list {
		bound, verdict := fmt.Sprintf("at most %g", t.Bound), "held"
		if t.AtLeast {
			bound = fmt.Sprintf("at least %g", t.Bound)
		}
		if !t.Held {
			verdict = "NOT HELD"
		}
		ratio, cpu, wanted := "", "", ""
		if t.Wanted > 0 {
			ratio, cpu, wanted = fmt.Sprintf("%.2f", t.Ratio), fmt.Sprintf("%.2f", t.CPU), fmt.Sprintf("%.2f", t.Wanted)
		}
		g.Add("  "+t.What, number(t.Measured), bound, ratio, cpu, wanted, verdict)
	}
	g.Print(out)
}

func number(v float64) string {
	if v < 100 {
		return fmt.Sprintf("%.2f", v)
	}
	return fmt.Sprintf("%.0f", v)
}
