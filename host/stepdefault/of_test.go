package stepdefault_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/acrhost/acrhost/host/stepdefault"
)

func TestOf(t *testing.T) {
	const schema = `{"properties":{
		"level":{"default":"1.0"}, "none":{"type":"string"}, "null":{"default":null},
		"more":{"default":{"deep":"3.0"},"properties":{"deep":{"default":"2.0"}}}}}`
	for pointer, want := range map[string][]any{
		"/level":     {"1.0"},
		"/more":      {map[string]any{"deep": "3.0"}},
		"/more/deep": {"2.0"},
		"/none":      nil,
		"/null":      nil,
		"/nowhere":   nil,
		"/*":         nil,
		"/level/0":   nil,
		"":           nil,
		"level":      nil,
	} {
		if diff := cmp.Diff(want, stepdefault.Of(json.RawMessage(schema), pointer)); diff != "" {
			t.Errorf("%q: %s", pointer, diff)
		}
	}
	for _, schema := range []string{"", "[]", `{"properties":[]}`, `{"properties":{"level":true}}`, "{"} {
		if got := stepdefault.Of(json.RawMessage(schema), "/level"); got != nil {
			t.Errorf("%s: %v", schema, got)
		}
	}
}
