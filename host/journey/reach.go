package journey

import (
	"slices"

	"github.com/acrhost/acrhost/host/acr"
)

// Reach is what is known beforehand of the acr values that a journey can end with.
type Reach struct {
	// Values are literal values of steps that can be reached, the journeys within the
	// journey included, and values that manifests declare. Sorted, each once.
	Values []string
	// Patterns cover what else its steps may set. Without any, Values are all.
	Patterns []string
}

// Covers says whether the journey may end with a value. A no is certain: the host holds
// steps to what their manifests declare.
func (r Reach) Covers(value string) bool {
	return slices.Contains(r.Values, value) || slices.ContainsFunc(r.Patterns, func(p string) bool { return acr.Match(p, value) })
}

// Reaches is what each journey can reach. In values are those that are known from
// elsewhere, such as levels: what a journey's patterns cover of them is among its values.
func Reaches(defs map[string]*Definition, catalog Catalog, values ...string) map[string]Reach {
	c := newCheck(defs, catalog, CheckContext{})
	all := make(map[string]Reach, len(defs))
	for name := range defs {
		var r Reach
		for _, n := range c.reachedFrom(name) {
			for _, s := range n.settable() {
				if s.pattern {
					r.Patterns = append(r.Patterns, s.value)
				} else {
					r.Values = append(r.Values, s.value)
				}
			}
		}
		for _, v := range values {
			if r.Covers(v) {
				r.Values = append(r.Values, v)
			}
		}
		r.Values, r.Patterns = distinct(r.Values), distinct(r.Patterns)
		all[name] = r
	}
	return all
}

func distinct(values []string) []string {
	slices.Sort(values)
	return slices.Compact(values)
}

// reachedFrom are the steps to which a way leads from the start of a journey, those of
// journeys within it included.
func (c *check) reachedFrom(journey string) []*node {
	seen := map[*node]bool{}
	var all []*node
	var visit func(*node)
	visit = func(n *node) {
		if n == nil || seen[n] {
			return
		}
		seen[n] = true
		all = append(all, n)
		for _, e := range n.edges {
			visit(e.to)
		}
		if d := c.defs[n.Journey]; n.Journey != "" && d != nil {
			visit(c.meant(d, d.Start))
		}
	}
	if d := c.defs[journey]; d != nil {
		visit(c.meant(d, d.Start))
	}
	return all
}
