package abi

import (
	"fmt"
	"slices"
)

// AllOutcomes are the outcomes that a step of this type can have under a
// configuration: the declared ones, then those that OutcomesFrom finds, each
// once, in order. The configuration is what TOML or JSON decodes to. A path that
// leads nowhere adds nothing: what must be present is the config schema's affair.
// A value that is no string, such as an expression, is an error, because the
// edges of a journey must be known before it runs.
func (t StepType) AllOutcomes(config map[string]any) ([]string, error) {
	all := make([]string, 0, len(t.Outcomes))
	add := func(o string) {
		if !slices.Contains(all, o) {
			all = append(all, o)
		}
	}
	for _, o := range t.Outcomes {
		add(o)
	}
	for _, path := range t.OutcomesFrom {
		found, err := lookup(config, path)
		if err != nil {
			return nil, fmt.Errorf("outcomes_from: %w", err)
		}
		for _, v := range found {
			s, ok := v.(string)
			if !ok || s == "" {
				return nil, fmt.Errorf("outcomes_from %s: every value must be a literal, non-empty string, found %s", path, describe(v))
			}
			add(s)
		}
	}
	return all, nil
}

// describe names the kind of a value, for messages.
func describe(v any) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case string:
		return "an empty string"
	case map[string]any:
		if _, ok := v["cel"]; ok {
			return "an expression"
		}
		return "a table"
	case []any, []map[string]any:
		return "a list"
	}
	return fmt.Sprintf("a %T", v)
}
