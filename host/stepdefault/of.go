package stepdefault

import (
	"encoding/json"
	"strings"
)

// Of is the default that a step type's schema gives for the member that a JSON Pointer
// leads to, with which the step runs where the configuration has none: one value, or none.
func Of(schema json.RawMessage, pointer string) []any {
	type object struct {
		Properties map[string]json.RawMessage `json:"properties"`
		Default    any                        `json:"default"`
	}
	at := object{Properties: map[string]json.RawMessage{"": schema}}
	for name := range strings.SplitSeq(pointer, "/") {
		below := at.Properties[name]
		at = object{}
		if len(below) == 0 || json.Unmarshal(below, &at) != nil {
			return nil
		}
	}
	if at.Default == nil {
		return nil
	}
	return []any{at.Default}
}
