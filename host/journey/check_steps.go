package journey

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/acrhost/acrhost/host/journey/nearest"
)

// steps checks what a step is: a step type, or another journey.
func (c *check) steps() {
	for _, n := range c.nodes {
		switch {
		case n.Use != "" && n.Journey != "":
			c.fault(n.Pos, n.String()+" has both use and journey", "keep one of the two")
		case n.Use == "" && n.Journey == "":
			c.fault(n.Pos, n.String()+" has neither use nor journey", `use = "plugin/type"`)
		case n.Journey != "":
			c.subJourney(n)
		case !n.known && c.missing(n.Use):
		case !n.known:
			c.fault(n.Line("use"), fmt.Sprintf("%s uses %q, and there is no such step type", n, n.Use), c.useHint(n.Use))
		}
		if n.MaxVisits < 0 {
			c.fault(n.Line("max_visits"), n.String()+" has a negative max_visits", "")
		}
	}
}

func (c *check) subJourney(n *node) {
	if !n.known {
		c.fault(n.Line("journey"), fmt.Sprintf("%s runs the journey %q, and there is no such journey", n, n.Journey), nearestOr(n.Journey, sorted(c.defs), "journeys: "))
	}
	if len(n.Config) > 0 {
		c.fault(n.Line("config"), n.String()+" runs a journey, which takes no config", "remove config")
	}
}

// useHint is the step type that was meant, or those of the same plugin, or the
// plugins.
func (c *check) useHint(use string) string {
	uses := c.catalog.Uses()
	if hint := nearest.Hint(use, uses); hint != "" {
		return hint
	}
	plugin, _, _ := strings.Cut(use, "/")
	var types, plugins []string
	for _, u := range uses {
		p, _, _ := strings.Cut(u, "/")
		if p == plugin {
			types = append(types, u)
		}
		if !slices.Contains(plugins, p) {
			plugins = append(plugins, p)
		}
	}
	if len(types) > 0 {
		return "step types: " + strings.Join(types, ", ")
	}
	return nearestOr(plugin, plugins, "plugins: ")
}

// edges checks that every outcome has an edge, that every edge has an outcome,
// and that it leads somewhere.
func (c *check) edges() {
	for _, n := range c.nodes {
		if n.err != nil {
			c.fault(n.Line("config"), fmt.Sprintf("the outcomes of %s are not known: %v", n, n.err), "edges are checked before anything runs, so these values can't be expressions")
		}
		if n.known && n.err == nil {
			c.outcomes(n)
		}
		for _, e := range n.edges {
			c.target(n, e)
		}
	}
}

func (c *check) outcomes(n *node) {
	for _, o := range n.outcomes {
		if _, ok := n.Next[o]; !ok {
			c.fault(n.Line("next"), fmt.Sprintf("%s has no edge for its outcome %q", n, o), fmt.Sprintf("next = { %s = %q }", tomlKey(o), Failure))
		}
	}
	for _, e := range n.edges {
		if e.outcome != "" && !slices.Contains(n.outcomes, e.outcome) {
			c.fault(n.Line("next."+e.outcome), fmt.Sprintf("%s has an edge for %q, which is none of its outcomes", n, e.outcome), nearestOr(e.outcome, n.outcomes, "outcomes: "))
		}
	}
}

// tomlKey quotes a key unless TOML takes it bare.
func tomlKey(s string) string {
	if regexp.MustCompile(`^[A-Za-z0-9_-]+$`).MatchString(s) {
		return s
	}
	return fmt.Sprintf("%q", s)
}

// target checks where an edge leads.
func (c *check) target(n *node, e edge) {
	member := "on_error"
	if e.outcome != "" {
		member = "next." + e.outcome
	}
	code, isError := strings.CutPrefix(e.target, ErrorPrefix)
	switch {
	case e.target == Success, e.target == Failure, n.def.Steps[e.target] != nil:
	case isError:
		// RFC 6749 4.1.2.1 allows more, but every registered code looks like this.
		if !regexp.MustCompile(`^[a-z_]+$`).MatchString(code) {
			c.fault(n.Line(member), fmt.Sprintf("%s in %s ends with the error code %q", member, n, code), "a code has lower-case letters and underscores, as "+ErrorPrefix+"access_denied")
		}
	case strings.HasPrefix(e.target, "@"):
		terminals := []string{Success, Failure, ErrorPrefix + "CODE"}
		c.fault(n.Line(member), fmt.Sprintf("%s in %s leads to %q, and there is no such terminal", member, n, e.target), nearestOr(e.target, terminals, "terminals: "))
	default:
		c.fault(n.Line(member), fmt.Sprintf("%s in %s leads to %q, and there is no such step", member, n, e.target), nearestOr(e.target, append(sorted(n.def.Steps), Success, Failure), "there are: "))
	}
}

// recursion finds journeys that run themselves, directly or through others: a
// run's stack would have no bound.
func (c *check) recursion() {
	done := map[string]bool{}
	var visit func(journey string, path []string)
	visit = func(journey string, path []string) {
		path = append(slices.Clip(path), journey)
		for _, step := range sorted(c.byName[journey]) {
			n := c.byName[journey][step]
			if n.Journey == "" || !n.known {
				continue
			}
			if at := slices.Index(path, n.Journey); at >= 0 {
				c.fault(n.Line("journey"), fmt.Sprintf("the journey %q runs itself: %s", n.Journey, strings.Join(append(slices.Clip(path[at:]), n.Journey), " → ")), "a loop belongs into next")
			} else if !done[n.Journey] {
				visit(n.Journey, path)
			}
		}
		done[journey] = true
	}
	for _, name := range sorted(c.defs) {
		if !done[name] {
			visit(name, nil)
		}
	}
}

// missing says that a step type is of a plugin that could not be loaded.
func (c *check) missing(use string) bool {
	plugin, _, _ := strings.Cut(use, "/")
	return slices.Contains(c.Missing, plugin)
}
