package main

import (
	"github.com/acrhost/acrhost/host/plugin"
)

// Target is one of the project's targets and whether this run held it.
type Target struct {
	What     string  `json:"what"`
	Measured float64 `json:"measured"`
	Bound    float64 `json:"bound"`
	AtLeast  bool    `json:"at_least"` // the bound is a lower one
	Held     bool    `json:"held"`
}

func atMost(what string, measured, bound float64) Target {
	return Target{What: what, Measured: measured, Bound: bound, Held: measured <= bound}
}

func atLeast(what string, measured, bound float64) Target {
	return Target{What: what, Measured: measured, Bound: bound, AtLeast: true, Held: measured >= bound}
}

// targets holds the results against the targets. One whose rows were left out by
// --only is left out too.
func targets(list []*entrant, loads []Load, throughput []Throughput) []Target {
	all := isolationTargets(list)
	all = append(all, speedTargets(list)...)
	all = append(all, growthTargets(throughput)...)
	for _, l := range loads {
		if l.Guest == standardLoad {
			all = append(all, atMost("the standard plugin from a warm cache to the end of its first call, ms", l.Warm, 200))
		}
	}
	return all
}

// isolationTargets: a bounded, isolated call costs little more than the plain one.
func isolationTargets(list []*entrant) []Target {
	var all []Target
	for _, t := range []struct {
		language string
		bound    float64
	}{{"c", 2}, {"rust", 2}, {"assemblyscript", 2}, {"go", 3}} {
		isolated := find(list, t.language, string(plugin.Restore))
		if isolated == nil || isolated.refused != "" {
			isolated = find(list, t.language, string(plugin.Auto))
		}
		if isolated == nil {
			continue
		}
		if ratio := isolated.ratio(find(list, t.language, reuseRow)); ratio > 0 {
			all = append(all, atMost(isolated.String()+", to the reused and leaking instance", ratio, t.bound))
		}
	}
	return all
}

// speedTargets: it is faster than what others use, with the fastest guest and with the
// slowest that has a target.
func speedTargets(list []*entrant) []Target {
	var all []Target
	for _, language := range []string{"c", "go"} {
		ours := find(list, language, string(plugin.Auto))
		if ours == nil {
			continue
		}
		add := func(bound float64, group, name string) {
			if e := find(list, group, name); e != nil && e.ratio(ours) > 0 {
				all = append(all, atLeast(e.String()+", to "+ours.String(), e.ratio(ours), bound))
			}
		}
		if language == "go" {
			add(20, "go", anewRow)
		}
		add(1, "others", webhookRow)
		add(1, "others", grpcRow)
		add(1, hostGroup, gojaNewRow)
		add(1, "others", extismNew)
	}
	return all
}

// growthTargets: throughput grows with the processors, at least four fifths as much as
// that of native code does on the same machine at the same time.
func growthTargets(list []Throughput) []Target {
	gain := func(name string, callers int) float64 {
		for _, t := range list {
			if t.Name == name && t.Callers == callers {
				return t.Gain
			}
		}
		return 0
	}
	var all []Target
	for _, t := range list {
		if native := gain(nativeRow().String(), t.Callers); t.Callers == crowd && t.Name != nativeRow().String() && native > 0 {
			all = append(all, atLeast(t.Name+": throughput of 64 callers to that of one, to native code's", t.Gain/native, 0.8))
		}
	}
	return all
}
