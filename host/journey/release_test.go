package journey_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/acrhost/acrhost/host/journey"
	"github.com/acrhost/acrhost/sdk/go/abi"
)

func defsOf(d *journey.Definition) map[string]*journey.Definition {
	return map[string]*journey.Definition{d.Name: d}
}

func TestReleaseID(t *testing.T) {
	id := func(d *journey.Definition, c journey.Catalog) string {
		t.Helper()
		r, err := journey.NewRelease(defsOf(d), c)
		if err != nil {
			t.Fatal(err)
		}
		return r.ID()
	}
	base := id(line("a", "b"), catalog)
	d := line("a", "b")
	d.Title, d.Pos, d.Steps["a"].Pos = "Other", journey.Pos{File: "x", Line: 3}, journey.Pos{Line: 9}
	if got := id(d, catalog); got != base {
		t.Errorf("a title and places make another release: %s, %s", got, base)
	}
	changes := map[string]func(*journey.Definition){
		"start":      func(d *journey.Definition) { d.Start = "b" },
		"timeout":    func(d *journey.Definition) { d.Timeout = 1 },
		"insecure":   func(d *journey.Definition) { d.InsecureAllowNoEvidence = true },
		"edge":       func(d *journey.Definition) { d.Steps["a"].Next["ok"] = journey.Failure },
		"config":     func(d *journey.Definition) { d.Steps["a"].Config = map[string]any{"x": int64(1)} },
		"on_error":   func(d *journey.Definition) { d.Steps["a"].OnError = "b" },
		"error_var":  func(d *journey.Definition) { d.Steps["a"].ErrorVar = "e" },
		"max_visits": func(d *journey.Definition) { d.Steps["a"].MaxVisits = 3 },
	}
	seen := map[string]string{base: "nothing"}
	for name, change := range changes {
		d := line("a", "b")
		change(d)
		got := id(d, catalog)
		if before, ok := seen[got]; ok {
			t.Errorf("changing %s gives the same release as changing %s", name, before)
		}
		seen[got] = name
	}
	if id(line("a", "b"), renamed{catalog}) == base {
		t.Error("another module gives the same release")
	}
}

// renamed is a catalog whose modules have other digests.
type renamed struct{ types }

func (r renamed) StepType(use string) (journey.StepType, bool) {
	t, ok := r.types.StepType(use)
	t.Digest += "2"
	return t, ok
}

func TestNewReleaseRefuses(t *testing.T) {
	broken := types{
		"t/any":    catalog["t/any"],
		"t/strict": catalog["t/strict"],
		"t/file":   {Outcomes: []string{"ok"}, ConfigSchema: json.RawMessage(`{"$ref":"file:///etc/passwd"}`)},
		"t/net":    {Outcomes: []string{"ok"}, ConfigSchema: json.RawMessage(`{"$ref":"http://127.0.0.1:1/s.json"}`)},
		"t/schema": {Outcomes: []string{"ok"}, ConfigSchema: json.RawMessage(`{"type":5}`)},
		"t/from":   abi.StepType{OutcomesFrom: []string{"/v"}},
	}
	tests := []struct {
		name   string
		change func(*journey.Definition)
		want   string
	}{
		{"no start", func(d *journey.Definition) { d.Start = "x" }, `no step "x" to start at`},
		{"unknown type", func(d *journey.Definition) { d.Steps["a"].Use = "t/nope" }, `unknown step type "t/nope"`},
		{"unknown journey", func(d *journey.Definition) { d.Steps["a"] = sub("a", "nope", "b", "b") }, `unknown journey "nope"`},
		{"an edge to nowhere", func(d *journey.Definition) { d.Steps["a"].Next["ok"] = "x" }, `leads to "x"`},
		{"an unknown terminal", func(d *journey.Definition) { d.Steps["a"].OnError = "@error:" }, `leads to "@error:"`},
		{"an expression", func(d *journey.Definition) {
			d.Steps["a"].Config = map[string]any{"l": []any{map[string]any{"cel": "nope"}}}
		}, "config.l.0: 1:1: undeclared reference to 'nope'"},
		{"against the schema", func(d *journey.Definition) { d.Steps["a"].Use = "t/strict" }, "acr"},
		{"a schema of a file", func(d *journey.Definition) { d.Steps["a"].Use = "t/file" }, "config_schema of t/file"},
		{"a schema of the network", func(d *journey.Definition) { d.Steps["a"].Use = "t/net" }, "config_schema of t/net"},
		{"a wrong schema", func(d *journey.Definition) { d.Steps["a"].Use = "t/schema" }, "config_schema of t/schema"},
		{"outcomes that are not known", func(d *journey.Definition) {
			d.Steps["a"].Use, d.Steps["a"].Config = "t/from", map[string]any{"v": map[string]any{"cel": "1"}}
		}, "outcomes_from"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := line("a", "b")
			tt.change(d)
			_, err := journey.NewRelease(defsOf(d), broken)
			if err == nil || !strings.Contains(err.Error(), tt.want) || !strings.Contains(err.Error(), `journey "main"`) {
				t.Errorf("error is %v, want %q", err, tt.want)
			}
		})
	}
}
