package journey

import (
	"fmt"
	"slices"

	"github.com/acrhost/acrhost/host/journey/nearest"
)

// levels finds levels that no step can set, and in strict mode literal values
// that have no level.
func (c *check) levels() {
	var all []acrValue
	for _, n := range c.nodes {
		if !n.reached {
			continue
		}
		values := n.settable()
		all = append(all, values...)
		if c.StrictACR {
			c.strict(n, values)
		}
	}
	for _, level := range sorted(c.Levels) {
		if !slices.ContainsFunc(all, func(v acrValue) bool { return v.covers(level) }) {
			c.fault(c.Levels[level], fmt.Sprintf("no path sets the acr level %q", level), levelHint(level, all))
		}
	}
}

func levelHint(level string, all []acrValue) string {
	var literals []string
	for _, v := range all {
		if !v.pattern {
			literals = append(literals, v.value)
		}
	}
	slices.Sort(literals)
	return nearestOr(level, slices.Compact(literals), "values that are set: ")
}

// strict finds values that would be refused in every login.
func (c *check) strict(n *node, values []acrValue) {
	for _, v := range values {
		if v.pattern || v.at == "" {
			continue
		}
		if _, ok := c.Levels[v.value]; !ok {
			c.fault(n.Line(v.at), fmt.Sprintf("%s sets the acr %q, which has no level, and acr.strict is true", n, v.value), nearest.Hint(v.value, sorted(c.Levels)))
		}
	}
}
