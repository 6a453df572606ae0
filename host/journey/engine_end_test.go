package journey_test

import (
	"encoding/json"
	"testing"

	"github.com/acrhost/acrhost/host/journey"
	"github.com/acrhost/acrhost/sdk/go/abi"
)

// TestRefused: a failure by somebody's no is told from one by not getting there, also from
// within a journey.
func TestRefused(t *testing.T) {
	for outcome, want := range map[string]bool{"denied": true, "cancelled": true, "failed": false, "ok": false} {
		d := line("a")
		d.Steps["a"].Use = "t/asks"
		d.Steps["a"].Next = map[string]string{"ok": "@failure", "failed": "@failure", "denied": "@failure", "cancelled": "@failure"}
		d.Name = "sub"
		outer := &journey.Definition{Name: "main", Start: "in", Steps: map[string]*journey.Step{
			"in": {Name: "in", Journey: "sub", Next: map[string]string{"success": "@success", "failure": "@failure"}},
		}}
		b := newBench(t, steps{"a": say(abi.Output{Outcome: outcome})}, d, outer)
		run := b.start(t, request())
		if run.End == nil || run.End.Terminal != journey.Failure || run.End.Refused != want {
			t.Errorf("%s: %+v", outcome, run.End)
		}
	}
	// A no that leads on to a step that is visited too often is none at the end.
	d := line("a")
	d.Steps["a"].Use, d.Steps["a"].MaxVisits = "t/asks", 2
	d.Steps["a"].Next = map[string]string{"ok": "a", "failed": "a", "denied": "a", "cancelled": "a"}
	run := newBench(t, steps{"a": say(abi.Output{Outcome: "denied"})}, d).start(t, request())
	if run.End == nil || run.End.Terminal != journey.Failure || run.End.Refused {
		t.Errorf("max_visits: %+v", run.End)
	}
}

// TestUndeclaredACR: a step sets no acr that its manifest does not ask for.
func TestUndeclaredACR(t *testing.T) {
	object := map[string]any{"level": int64(2)}
	for name, row := range map[string]struct {
		use    string
		config map[string]any
		value  string
		ok     bool
	}{
		"declared":                          {"t/fixed", nil, `"1.0"`, true},
		"by a pattern":                      {"t/fixed", nil, `"device:0.8"`, true},
		"attack: another":                   {"t/fixed", nil, `"phr"`, false},
		"attack: an object":                 {"t/fixed", nil, `{"a":1}`, false},
		"attack: of one that asks for none": {"t/none", nil, `"1.0"`, false},
		"as configured":                     {"t/from", map[string]any{"acr": "2.0"}, `"2.0"`, true},
		"by an expression":                  {"t/from", map[string]any{"acr": map[string]any{"cel": "'2' + '.0'"}}, `"2.0"`, true},
		"an object as configured":           {"t/from", map[string]any{"acr": object}, `{"level":2}`, true},
		"attack: not as configured":         {"t/from", map[string]any{"acr": "2.0"}, `"3.0"`, false},
		"by default":                        {"t/from", map[string]any{}, `"dflt"`, true},
		"attack: not the default":           {"t/from", map[string]any{}, `"2.0"`, false},
		"attack: as if open, by a variable": {"t/from", map[string]any{"acr": map[string]any{"cel": "{'cel': 'x'}"}}, `"2.0"`, false},
		"attack: as if open, by default":    {"t/table", map[string]any{}, `"2.0"`, false},
		"a table by default":                {"t/table", map[string]any{}, `{"cel":"'x'"}`, true},
	} {
		t.Run(name, func(t *testing.T) {
			d := line("pwd", "set")
			d.Steps["set"].Use, d.Steps["set"].Config = row.use, row.config
			run := newBench(t, steps{"pwd": login("pwd"), "set": setACR(row.value)}, d).start(t, request())
			if (run.ACR != nil) != row.ok || (len(run.Violations) == 0) != row.ok {
				t.Errorf("acr %v, violations %+v, end %+v", run.ACR, run.Violations, run.End)
			}
		})
	}
}

// TestReaches: what a journey may end with is known only as far as it is sure.
func TestReaches(t *testing.T) {
	for name, row := range map[string]struct {
		use    string
		config map[string]any
		yes    []string
		no     []string
	}{
		"fixed":              {"t/fixed", nil, []string{"1.0", "device:3"}, []string{"2.0", `{"a":1}`}},
		"none":               {"t/none", nil, nil, []string{"1.0"}},
		"nobody's":           {"t/unknown", nil, []string{"1.0", "x"}, nil},
		"literal":            {"t/from", map[string]any{"acr": "2.0"}, []string{"2.0"}, []string{"3.0", "dflt"}},
		"default":            {"t/from", map[string]any{}, []string{"dflt"}, []string{"2.0"}},
		"default table":      {"t/table", map[string]any{}, []string{`{"l":"2"}`}, []string{"2"}},
		"expression":         {"t/from", map[string]any{"acr": map[string]any{"cel": "'x'"}}, []string{"2.0", "3.0"}, nil},
		"object":             {"t/from", map[string]any{"acr": map[string]any{"l": "2"}}, []string{`{"l":"2"}`}, []string{"2"}},
		"list":               {"t/list", map[string]any{"values": []any{map[string]any{"acr": "a"}, map[string]any{"acr": "b"}}}, []string{"a", "b"}, []string{"c"}},
		"list by expression": {"t/list", map[string]any{"values": map[string]any{"cel": "[{'acr': 'c'}]"}}, []string{"c"}, nil},
		"item by expression": {"t/list", map[string]any{"values": []any{map[string]any{"cel": "{'acr': 'c'}"}}}, []string{"c"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			d := line("set")
			d.Steps["set"].Use, d.Steps["set"].Config = row.use, row.config
			got := journey.Reaches(map[string]*journey.Definition{"main": d}, catalog)["main"]
			for _, v := range row.yes {
				if !got.Covers(v) {
					t.Errorf("%s is out of reach: %+v", v, got)
				}
			}
			for _, v := range row.no {
				if got.Covers(v) {
					t.Errorf("%s is in reach: %+v", v, got)
				}
			}
		})
	}
}

var moreTypes = types{
	"t/asks":  {Outcomes: []string{"ok", "failed", "denied", "cancelled"}},
	"t/reads": {Outcomes: []string{"ok", "failed", "other"}, Reads: []string{"vars", "upstream", "device"}, Writes: abi.Writes{ACR: []string{"*"}}},
	"t/none":  {Outcomes: []string{"ok", "failed", "other"}},
	"t/fixed": {Outcomes: []string{"ok", "failed", "other"}, Writes: abi.Writes{ACR: []string{"1.0", "device:*"}}},
	"t/from": {Outcomes: []string{"ok", "failed", "other"}, Writes: abi.Writes{ACRFrom: []string{"/acr"}},
		ConfigSchema: json.RawMessage(`{"type":"object","properties":{"acr":{"default":"dflt"}}}`)},
	"t/table": {Outcomes: []string{"ok", "failed", "other"}, Writes: abi.Writes{ACRFrom: []string{"/acr"}},
		ConfigSchema: json.RawMessage(`{"type":"object","properties":{"acr":{"default":{"cel":"'x'"}}}}`)},
	"t/list": {Outcomes: []string{"ok", "failed", "other"}, Writes: abi.Writes{ACRFrom: []string{"/values/*/acr"}}},
}
