package abi_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/acrhost/acrhost/sdk/go/abi"
)

func TestAllOutcomes(t *testing.T) {
	options := map[string]any{"options": []any{
		map[string]any{"value": "password"}, map[string]any{"value": "passkey"}, map[string]any{"value": "password"},
	}}
	tests := []struct {
		name     string
		declared []string
		from     []string
		config   map[string]any
		want     []string
	}{
		{"declared only", []string{"ok", "failed"}, nil, nil, []string{"ok", "failed"}},
		{"a list's members, each once", []string{"none"}, []string{"/options/*/value"}, options, []string{"none", "password", "passkey"}},
		{"TOML's list of tables", nil, []string{"/options/*/value"},
			map[string]any{"options": []map[string]any{{"value": "a"}, {"value": "b"}}}, []string{"a", "b"}},
		{"a list of strings", nil, []string{"/supported/*"}, map[string]any{"supported": []any{"1", "2"}}, []string{"1", "2"}},
		{"a table's values by key", nil, []string{"/map/*"}, map[string]any{"map": map[string]any{"b": "2", "a": "1"}}, []string{"1", "2"}},
		{"one element", nil, []string{"/supported/1"}, map[string]any{"supported": []any{"1", "2"}}, []string{"2"}},
		{"an index with a leading zero is none", nil, []string{"/supported/01"}, map[string]any{"supported": []any{"1", "2"}}, []string{}},
		{"an index too far is none", nil, []string{"/supported/2"}, map[string]any{"supported": []any{"1", "2"}}, []string{}},
		{"escapes", nil, []string{"/a~1b~01"}, map[string]any{"a/b~1": "x"}, []string{"x"}},
		{"nothing there", []string{"ok"}, []string{"/options/*/value"}, map[string]any{}, []string{"ok"}},
		{"through a string", []string{"ok"}, []string{"/a/b"}, map[string]any{"a": "s"}, []string{"ok"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := abi.StepType{Outcomes: tt.declared, OutcomesFrom: tt.from}.AllOutcomes(tt.config)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("outcomes (-want +got):\n%s", diff)
			}
		})
	}
}

func TestAllOutcomesRefuses(t *testing.T) {
	tests := []struct {
		name, path, config, want string
	}{
		{"a path without a slash", "options", `{}`, "must begin with /"},
		{"an expression", "/value", `{"value":{"cel":"1"}}`, "an expression"},
		{"a table", "/value", `{"value":{}}`, "a table"},
		{"a list", "/value", `{"value":[]}`, "a list"},
		{"a number", "/value", `{"value":1}`, "float64"},
		{"null", "/value", `{"value":null}`, "null"},
		{"an empty string", "/value", `{"value":""}`, "an empty string"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var config map[string]any
			if err := json.Unmarshal([]byte(tt.config), &config); err != nil {
				t.Fatal(err)
			}
			got, err := abi.StepType{OutcomesFrom: []string{tt.path}}.AllOutcomes(config)
			if err == nil {
				t.Fatalf("accepted, gave %q", got)
			}
			if !strings.Contains(err.Error(), tt.want) || !strings.Contains(err.Error(), tt.path) {
				t.Errorf("error %q should name %q and the path", err, tt.want)
			}
		})
	}
}
