package journey

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/acrhost/acrhost/host/acr"
	"github.com/acrhost/acrhost/host/journey/expr"
	"github.com/acrhost/acrhost/host/stepdefault"
	"github.com/acrhost/acrhost/sdk/go/abi"
)

// acrValue is an acr value that a step can set, or a pattern of such values.
type acrValue struct {
	value   string
	pattern bool
	at      string // the member that holds it; empty: the manifest
}

func (v acrValue) covers(value string) bool {
	return v.value == value || v.pattern && acr.Match(v.value, value)
}

// settable are the values that a step can set.
func (n *node) settable() []acrValue {
	if n.Journey != "" {
		return nil // its steps are looked at by themselves
	}
	if !n.known {
		return []acrValue{{value: anything, pattern: true}}
	}
	return settable(n.kind.StepType, n.Config, isExpression)
}

// settable are the values that a step of a type can set with a configuration, in which some
// values are expressions, or none when they were evaluated: what one gave may look like
// another. A manifest's patterns count only where the configuration leaves the value open: a
// step type that takes its value from there sets what stands there.
func settable(t abi.StepType, config map[string]any, expression func(any) bool) []acrValue {
	all, open := fromConfig(t, config, expression)
	for _, v := range t.Writes.ACR {
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
func fromConfig(t abi.StepType, config map[string]any, expression func(any) bool) (all []acrValue, open bool) {
	paths := t.Writes.ACRFrom
	for _, path := range paths {
		found, err := abi.Lookup(config, path)
		if err != nil || byExpression(config, path, expression) {
			open = true
			continue
		}
		isExpression := expression
		if len(found) == 0 {
			found, isExpression = stepdefault.Of(t.ConfigSchema, path), never // the vendor's words
		}
		at := member(strings.ReplaceAll(strings.Trim(path, "/"), "/", "."))
		for _, v := range found {
			switch s, literal := v.(string); {
			case literal:
				all = append(all, acrValue{value: s, at: at})
			case isTable(v) && !isExpression(v):
				// Its JSON text, which the expressions in it may decide.
				all = append(all, acrValue{value: "{*", pattern: true})
			default:
				open = true
			}
		}
	}
	if open && len(t.Writes.ACR) == 0 {
		all = append(all, acrValue{value: anything, pattern: true})
	}
	return all, open || len(paths) == 0
}

// byExpression says whether an expression gives what a path leads through.
func byExpression(config map[string]any, path string, expression func(any) bool) bool {
	if expression(config) {
		return true
	}
	for i := 1; i < len(path); i++ {
		if path[i] != '/' {
			continue
		}
		found, err := abi.Lookup(config, path[:i])
		if err != nil || slices.ContainsFunc(found, expression) {
			return true
		}
	}
	return false
}

func isExpression(v any) bool {
	_, is := expr.IsExpression(v)
	return is
}

// never is isExpression where nothing is one.
func never(any) bool { return false }

func isTable(v any) bool {
	_, table := v.(map[string]any)
	return table
}

// undeclared says why a step must not set a value: its manifest does not ask for it. What
// the manifest asks for bounds a module also where the operator granted more, or set no
// bound; discovery and the check of requests rely on it.
func (s *compiledStep) undeclared(config json.RawMessage, value string) error {
	var with map[string]any
	if len(config) > 0 {
		if err := json.Unmarshal(config, &with); err != nil {
			return fmt.Errorf("read the configuration: %w", err)
		}
	}
	if slices.ContainsFunc(settable(s.kind, with, never), func(v acrValue) bool { return v.covers(value) }) {
		return nil
	}
	return fmt.Errorf("the manifest of %s does not declare that it sets the acr %q (writes.acr, writes.acr_from)", s.Use, value)
}
