package journey

import (
	"fmt"
	"slices"
	"strings"

	"github.com/acrhost/acrhost/host/acr"
	"github.com/acrhost/acrhost/host/journey/expr"
	"github.com/acrhost/acrhost/host/journey/nearest"
	"github.com/acrhost/acrhost/sdk/go/abi"
)

// levels finds levels that no step can set, and in strict mode literal values
// that have no level.
func (c *check) levels() {
	var all []acrValue
	for _, n := range c.nodes {
		if !n.reached {
			continue
		}
		values := settable(n)
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

// acrValue is an acr value that a step can set, or a pattern of such values.
type acrValue struct {
	value   string
	pattern bool
	at      string // the member that holds it; empty: the manifest
}

func (v acrValue) covers(value string) bool {
	return v.value == value || v.pattern && acr.Match(v.value, value)
}

// settable are the values that a step can set. A manifest's patterns count only
// where the configuration leaves the value open: a step type that takes its value
// from there sets what stands there.
func settable(n *node) []acrValue {
	if n.Journey != "" {
		return nil // its steps are looked at by themselves
	}
	if !n.known {
		return []acrValue{{value: anything, pattern: true}}
	}
	all, open := fromConfig(n)
	for _, v := range n.kind.Writes.ACR {
		if !strings.Contains(v, "*") {
			all = append(all, acrValue{value: v})
		} else if open {
			all = append(all, acrValue{value: v, pattern: true})
		}
	}
	return all
}

// fromConfig are the values that the configuration gives, and whether the
// manifest's patterns stand for more.
func fromConfig(n *node) (all []acrValue, open bool) {
	paths := n.kind.Writes.ACRFrom
	for _, path := range paths {
		found, err := abi.Lookup(n.Config, path)
		if err != nil {
			return []acrValue{{value: anything, pattern: true}}, true
		}
		at := member(strings.ReplaceAll(strings.Trim(path, "/"), "/", "."))
		for _, v := range found {
			switch s, literal := v.(string); {
			case literal:
				all = append(all, acrValue{value: s, at: at})
			case isObject(v):
				// Its JSON text, which the expressions in it may decide.
				all = append(all, acrValue{value: "{*", pattern: true})
			default:
				open = true
			}
		}
	}
	if open && len(n.kind.Writes.ACR) == 0 {
		all = append(all, acrValue{value: anything, pattern: true})
	}
	return all, open || len(paths) == 0
}

func isObject(v any) bool {
	_, expression := expr.IsExpression(v)
	_, table := v.(map[string]any)
	return table && !expression
}
