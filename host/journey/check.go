package journey

import (
	"cmp"
	"maps"
	"slices"

	"github.com/acrhost/acrhost/host/acr"
	"github.com/acrhost/acrhost/host/journey/expr"
)

// CheckContext is what a check needs to know beside the journeys.
type CheckContext struct {
	// Levels are the acr values that need evidence, and where each is defined.
	Levels map[string]Pos
	// Missing are plugins that could not be loaded, which is a fault of its own: what
	// their steps are is not known, and nothing is said of it.
	Missing []string
	// StrictACR says that a value without a level may not be set.
	StrictACR bool
}

// Check says all that is wrong with a set of journeys, by file and line; nothing
// means that they may go live. It follows up a fault as little as it can: after a
// misspelt name it goes on as if the name that was meant stood there.
func Check(defs map[string]*Definition, catalog Catalog, extra CheckContext) []Fault {
	c := newCheck(defs, catalog, extra)
	for _, look := range []func(){
		c.journeys,
		c.steps,
		c.edges,
		c.unreached,
		c.trapped,
		c.recursion,
		c.expressions,
		c.configs,
		c.variables,
		c.levels,
	} {
		look()
	}
	return c.sorted()
}

// check is one look at a set of journeys.
type check struct {
	CheckContext
	defs     map[string]*Definition
	catalog  Catalog
	nodes    []*node // of all journeys, sorted by journey and step
	byName   map[string]map[string]*node
	faults   []Fault
	programs map[*node]map[string]*expr.Program // by path in the configuration
}

func newCheck(defs map[string]*Definition, catalog Catalog, extra CheckContext) *check {
	c := &check{
		CheckContext: extra,
		defs:         defs,
		catalog:      catalog,
		byName:       map[string]map[string]*node{},
		programs:     map[*node]map[string]*expr.Program{},
	}
	for _, name := range sorted(defs) {
		c.byName[name] = map[string]*node{}
		for _, step := range sorted(defs[name].Steps) {
			n := c.newNode(defs[name], defs[name].Steps[step])
			c.nodes = append(c.nodes, n)
			c.byName[name][step] = n
		}
	}
	for _, n := range c.nodes {
		n.edges = c.edgesOf(n)
	}
	c.reach()
	return c
}

func (c *check) fault(pos Pos, message, hint string) {
	c.faults = append(c.faults, Fault{Pos: pos, Message: message, Hint: hint})
}

// sorted are the faults by file and line, without doubles.
func (c *check) sorted() []Fault {
	slices.SortFunc(c.faults, func(a, b Fault) int {
		return cmp.Or(
			cmp.Compare(a.Pos.File, b.Pos.File),
			cmp.Compare(a.Pos.Line, b.Pos.Line),
			cmp.Compare(a.Message, b.Message),
			cmp.Compare(a.Hint, b.Hint),
		)
	})
	return slices.Compact(c.faults)
}

func sorted[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

func matchesAny(patterns []string, value string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool { return acr.Match(p, value) })
}
