package journey

import (
	"fmt"
	"slices"

	"github.com/acrhost/acrhost/host/journey/expr"
	"github.com/acrhost/acrhost/host/journey/nearest"
	"github.com/acrhost/acrhost/host/stepdefault"
	"github.com/acrhost/acrhost/sdk/go/abi"
)

// vars is a set of names and patterns.
type vars map[string]bool

// anything is the pattern of who may write whatever it likes.
const anything = "*"

// add puts names into the set and says whether it grew.
func (v vars) add(names ...string) bool {
	before := len(v)
	for _, n := range names {
		v[n] = true
	}
	return len(v) > before
}

// variables finds reads of variables that no path to the step writes. Variables
// are shared with sub-journeys, so a path goes into them and comes back.
func (c *check) variables() {
	written := c.flow()
	for _, n := range c.nodes {
		if !n.reached {
			continue
		}
		names := sorted(written[n])
		for _, path := range sorted(c.programs[n]) {
			for _, name := range c.programs[n][path].VarsRead() {
				if matchesAny(names, name) {
					continue
				}
				hint := nearest.Hint(name, names)
				if hint == "" {
					hint = "a step before it has to write it; has(vars." + name + ") asks whether one did"
				}
				c.fault(n.Line(member(path)), fmt.Sprintf("%s in %s reads vars.%s, which no path to it writes", member(path), n, name), hint)
			}
		}
	}
}

// flow says what may have been written when a step begins: the union over all
// paths, computed until nothing grows.
func (c *check) flow() map[*node]vars {
	before := map[*node]vars{}
	for _, n := range c.nodes {
		before[n] = vars{}
	}
	for grew := true; grew; {
		grew = false
		for _, n := range c.nodes {
			if n.reached && c.pass(n, before) {
				grew = true
			}
		}
	}
	return before
}

// pass hands on what is written once a step is done, and says whether anyone
// learnt something. A step that fails has written nothing but its error_var.
func (c *check) pass(n *node, before map[*node]vars) bool {
	here := sorted(before[n])
	grew := false
	if start := c.startOf(n.Journey); start != nil {
		grew = before[start].add(here...)
	}
	for _, e := range n.edges {
		if e.to == nil {
			continue
		}
		after := here
		switch {
		case n.Journey != "":
			after = slices.Concat(here, c.writtenIn(n.Journey, map[string]bool{}))
		case e.outcome != "":
			after = slices.Concat(here, c.writes(n))
		}
		if e.outcome == "" && n.ErrorVar != "" {
			after = slices.Concat(after, []string{n.ErrorVar})
		}
		grew = before[e.to].add(after...) || grew
	}
	return grew
}

func (c *check) startOf(journey string) *node {
	if d := c.defs[journey]; d != nil {
		return c.meant(d, d.Start)
	}
	return nil
}

// writtenIn is what any path through a journey may write.
func (c *check) writtenIn(journey string, seen map[string]bool) []string {
	if c.defs[journey] == nil {
		return []string{anything}
	}
	if seen[journey] {
		return nil
	}
	seen[journey] = true
	var all []string
	for _, n := range c.byName[journey] {
		if !n.reached {
			continue
		}
		if n.Journey != "" {
			all = append(all, c.writtenIn(n.Journey, seen)...)
		} else {
			all = append(all, c.writes(n)...)
		}
		if n.ErrorVar != "" {
			all = append(all, n.ErrorVar)
		}
	}
	return all
}

// writes is what a step may write when it succeeds.
func (c *check) writes(n *node) []string {
	if !n.known {
		return []string{anything}
	}
	all := slices.Clone(n.kind.Writes.Vars)
	for _, path := range n.kind.Writes.VarsFrom {
		found, err := abi.Lookup(n.Config, path)
		if err != nil {
			return []string{anything}
		}
		if len(found) == 0 {
			found = stepdefault.Of(n.kind.ConfigSchema, path)
		}
		for _, v := range found {
			all = append(all, namesIn(v)...)
		}
	}
	return all
}

// namesIn are the variables that a configuration value names: the keys of a
// table, or a string. What an expression names is only known later.
func namesIn(v any) []string {
	if _, ok := expr.IsExpression(v); ok {
		return []string{anything}
	}
	switch v := v.(type) {
	case map[string]any:
		return sorted(v)
	case string:
		return []string{v}
	}
	return []string{anything}
}
