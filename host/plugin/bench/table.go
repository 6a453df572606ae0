package main

import (
	"fmt"
	"io"
	"time"

	"github.com/acrhost/acrhost/host/figures"
)

const notes = `Times are medians of 25 rounds in which the rows took turns; the ratios are medians of each round's own.
"to c auto" is to this runtime in its auto mode with the guest in C; "to reused" to the same guest on
bare wazero, where every call reads what the last one left. Bytes and allocations are this process's.
prewarm is asked for the next instance at once here: it costs what a start costs.

`

// print writes the report as text.
func (r *Report) print(out io.Writer) {
	fmt.Fprintf(out, "%s; a document of %d bytes\n\n", r.Machine, r.Document)
	printResults(out, r.Results)
	printLoads(out, r.Loads)
	printThroughput(out, r.Throughput)
	printTargets(out, r.Targets)
}

func printResults(out io.Writer, list []Result) {
	var g figures.Table
	g.Add("one job, one caller", "time", "bytes", "allocs", "fuel", "to c auto", "to reused")
	group := ""
	for _, r := range list {
		if r.Group != group {
			group = r.Group
			g.Add(group)
		}
		name := "  " + r.Name
		if r.Mode != "" {
			name += ": " + r.Mode
		}
		if r.Refused != "" {
			g.Add(name, "not safe")
			continue
		}
		g.Add(name, duration(r.NS), fmt.Sprintf("%.0f", r.Bytes), fmt.Sprintf("%.1f", r.Allocs), fuel(r.Fuel), ratio(r.Ratio), ratio(r.ToPlain))
	}
	g.Print(out)
	fmt.Fprint(out, notes)
}

func printLoads(out io.Writer, list []Load) {
	if len(list) == 0 {
		return
	}
	var g figures.Table
	g.Add("from nothing to the end of the first call", "module", "cold", "warm cache")
	for _, l := range list {
		g.Add("  "+l.Guest, fmt.Sprintf("%d KB", l.Bytes/1000), fmt.Sprintf("%.1f ms", l.Cold), fmt.Sprintf("%.1f ms", l.Warm))
	}
	g.Print(out)
}

func printThroughput(out io.Writer, list []Throughput) {
	if len(list) == 0 {
		return
	}
	var g figures.Table
	g.Add("throughput", "callers", "calls/s", "to one caller")
	for _, t := range list {
		g.Add("  "+t.Name, fmt.Sprint(t.Callers), fmt.Sprintf("%.0f", t.Calls), ratio(t.Gain))
	}
	g.Print(out)
}

func printTargets(out io.Writer, list []Target) {
	if len(list) == 0 {
		return
	}
	var g figures.Table
	g.Add("targets", "measured", "bound", "")
	for _, t := range list {
		bound, verdict := "at most", "held"
		if t.AtLeast {
			bound = "at least"
		}
		if !t.Held {
			verdict = "NOT HELD"
		}
		g.Add("  "+t.What, fmt.Sprintf("%.2f", t.Measured), fmt.Sprintf("%s %g", bound, t.Bound), verdict)
	}
	g.Print(out)
}

// duration writes nanoseconds with three digits.
func duration(ns float64) string {
	for _, unit := range []struct {
		name string
		size time.Duration
	}{{"ms", time.Millisecond}, {"µs", time.Microsecond}} {
		switch v := ns / float64(unit.size); {
		case v >= 100:
			return fmt.Sprintf("%.0f %s", v, unit.name)
		case v >= 10:
			return fmt.Sprintf("%.1f %s", v, unit.name)
		case v >= 1:
			return fmt.Sprintf("%.2f %s", v, unit.name)
		}
	}
	return fmt.Sprintf("%.0f ns", ns)
}

func fuel(n uint64) string {
	if n == 0 {
		return "-"
	}
	return fmt.Sprint(n)
}

func ratio(r float64) string {
	if r == 0 {
		return "-"
	}
	return fmt.Sprintf("%.2f", r)
}
