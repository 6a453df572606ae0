package journey

import (
	"fmt"
	"slices"
	"strings"

	"github.com/acrhost/acrhost/host/journey/nearest"
)

// node is a step as the check sees it.
type node struct {
	*Step
	def  *Definition
	kind StepType
	// known is false for a step whose type nobody offers: it may do anything.
	known bool
	// outcomes are what the step can end in; nil with err when they can't be told.
	outcomes []string
	err      error
	edges    []edge
	reached  bool
}

// edge leads from a step to a step of the same journey, or to the end of it.
type edge struct {
	outcome string // empty for on_error
	target  string // as written
	to      *node  // the step that is meant; nil: a terminal, or nobody knows
}

func (n *node) String() string { return fmt.Sprintf("step %q of journey %q", n.Name, n.def.Name) }

func (c *check) newNode(d *Definition, s *Step) *node {
	n := &node{Step: s, def: d}
	if s.Journey != "" {
		n.outcomes, n.known = []string{SubSuccess, SubFailure}, c.defs[s.Journey] != nil
		return n
	}
	if n.kind, n.known = c.catalog.StepType(s.Use); n.known {
		n.outcomes, n.err = n.kind.AllOutcomes(s.Config)
	}
	return n
}

func (c *check) edgesOf(n *node) []edge {
	var all []edge
	for _, o := range sorted(n.Next) {
		all = append(all, edge{outcome: o, target: n.Next[o], to: c.meant(n.def, n.Next[o])})
	}
	if n.OnError != "" {
		all = append(all, edge{target: n.OnError, to: c.meant(n.def, n.OnError)})
	}
	return all
}

// meant is the step that a name stands for, if need be the one that it was
// probably meant to be.
func (c *check) meant(d *Definition, name string) *node {
	steps := c.byName[d.Name]
	if n, ok := steps[name]; ok {
		return n
	}
	if strings.HasPrefix(name, "@") {
		return nil
	}
	return steps[nearest.Name(name, sorted(steps))]
}

// reach marks what can be reached from the start of each journey.
func (c *check) reach() {
	var queue []*node
	for _, name := range sorted(c.defs) {
		if n := c.meant(c.defs[name], c.defs[name].Start); n != nil {
			queue = append(queue, n)
		}
	}
	for len(queue) > 0 {
		n := queue[0]
		queue = queue[1:]
		if n.reached {
			continue
		}
		n.reached = true
		for _, e := range n.edges {
			if e.to != nil {
				queue = append(queue, e.to)
			}
		}
	}
}

// journeys checks what a journey says of itself.
func (c *check) journeys() {
	for _, name := range sorted(c.defs) {
		d := c.defs[name]
		steps := sorted(d.Steps)
		switch {
		case len(steps) == 0:
			c.fault(d.Pos, fmt.Sprintf("journey %q has no steps", name), "")
		case d.Start == "":
			c.fault(d.Pos, fmt.Sprintf("journey %q has no start", name), "steps: "+strings.Join(steps, ", "))
		case d.Steps[d.Start] == nil:
			c.fault(d.Line("start"), fmt.Sprintf("journey %q starts at %q, which is none of its steps", name, d.Start), nearestOr(d.Start, steps, "steps: "))
		}
		if d.Timeout < 0 {
			c.fault(d.Line("timeout"), fmt.Sprintf("journey %q has a negative timeout", name), "")
		}
	}
}

// nearestOr is a hint: what was meant, or else all that there is.
func nearestOr(name string, known []string, intro string) string {
	if hint := nearest.Hint(name, known); hint != "" {
		return hint
	}
	if len(known) == 0 {
		return ""
	}
	return intro + strings.Join(known, ", ")
}

// unreached finds steps that nothing leads to. Without a start nothing is
// reached, and that is one fault, not many.
func (c *check) unreached() {
	for _, n := range c.nodes {
		if !n.reached && c.meant(n.def, n.def.Start) != nil {
			c.fault(n.Pos, "nothing leads to "+n.String(), "lead an edge to it, or remove it")
		}
	}
}

// trapped finds steps that can be reached and from which no path ends the
// journey. An edge for errors is no way out, unless the step has no other.
func (c *check) trapped() {
	free := map[*node]bool{}
	for changed := true; changed; {
		changed = false
		for _, n := range c.nodes {
			if !free[n] && endsOrLeadsTo(n, free) {
				free[n], changed = true, true
			}
		}
	}
	stuck := map[string][]string{}
	for _, n := range c.nodes {
		if n.reached && !free[n] {
			stuck[n.def.Name] = append(stuck[n.def.Name], n.Name)
		}
	}
	for _, journey := range sorted(stuck) {
		names := stuck[journey]
		c.fault(c.byName[journey][names[0]].Pos,
			fmt.Sprintf("in journey %q no path leads to a terminal from: %s", journey, strings.Join(names, ", ")),
			"lead an edge to "+Success+" or "+Failure)
	}
}

// endsOrLeadsTo says whether a step may be the last one, or is followed by one
// that is known to have a way out. Where an edge is missing or leads to nobody
// knows where, which is a fault already, the best is assumed.
func endsOrLeadsTo(n *node, free map[*node]bool) bool {
	ways := 0
	for _, e := range n.edges {
		if e.outcome == "" && len(n.outcomes) > 0 {
			continue
		}
		ways++
		if e.to == nil || free[e.to] {
			return true
		}
	}
	missing := slices.ContainsFunc(n.outcomes, func(o string) bool { return n.Next[o] == "" })
	return ways == 0 || missing
}
