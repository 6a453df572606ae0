package journey_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/acrhost/acrhost/host/journey"
	"github.com/acrhost/acrhost/sdk/go/abi"
)

// The broken configurations that the check has to find are in host/config, as
// files that an operator could have written. Here is what no file shows.

// offers is a catalog of step types by the name that steps use.
type offers map[string]abi.StepType

func (o offers) StepType(use string) (journey.StepType, bool) {
	t, ok := o[use]
	return journey.StepType{StepType: t}, ok
}

func (o offers) Uses() []string {
	var all []string
	for use := range o {
		all = append(all, use)
	}
	slices.Sort(all)
	return all
}

func checkCatalog() offers {
	return offers{
		"p/ask":  {Outcomes: []string{"ok", "failed"}},
		"p/deny": {},
		"p/set":  {Outcomes: []string{"ok"}, Writes: abi.Writes{ACR: []string{"*", "1.0"}, ACRFrom: []string{"/acr"}}},
		"p/risk": {Outcomes: []string{"ok"}, Writes: abi.Writes{ACR: []string{"device:*"}}},
		"p/vars": {Outcomes: []string{"ok"}, Writes: abi.Writes{VarsFrom: []string{"/vars"}}, ConfigSchema: json.RawMessage(`{"properties":{"vars":{"default":"risk"}}}`)},
	}
}

// A step that takes the name of its variable from its configuration writes the one of its
// schema's default where there is none.
func TestCheckOfVarsByDefault(t *testing.T) {
	for name, want := range map[string]int{"risk": 0, "other": 1} {
		steps := map[string]*journey.Step{
			"a": {Name: "a", Use: "p/vars", Next: map[string]string{"ok": "b"}},
			"b": {Name: "b", Use: "p/ask", Config: map[string]any{"x": map[string]any{"cel": "vars." + name}}, Next: map[string]string{"ok": journey.Success, "failed": journey.Failure}},
		}
		defs := map[string]*journey.Definition{"j": {Name: "j", Start: "a", Steps: steps}}
		if got := journey.Check(defs, checkCatalog(), journey.CheckContext{}); len(got) != want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestCheckOfDefinitionsFromAnywhere(t *testing.T) {
	defs := map[string]*journey.Definition{"j": {
		Name: "j", Start: "a", Timeout: -time.Second,
		Steps: map[string]*journey.Step{
			"a": {Name: "a", Use: "p/ask", MaxVisits: -1, Next: map[string]string{"ok": journey.Success, "failed": journey.Failure}},
		},
	}}
	var got []string
	for _, f := range journey.Check(defs, checkCatalog(), journey.CheckContext{}) {
		got = append(got, f.Message)
	}
	want := []string{`journey "j" has a negative timeout`, `step "a" of journey "j" has a negative max_visits`}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// A step type without outcomes always fails, so its on_error is its only way on.
func TestStepWithoutOutcomes(t *testing.T) {
	for onError, want := range map[string]int{"": 0, journey.Failure: 0, "a": 1} {
		defs := map[string]*journey.Definition{"j": {
			Name: "j", Start: "a",
			Steps: map[string]*journey.Step{"a": {Name: "a", Use: "p/deny", OnError: onError}},
		}}
		if faults := journey.Check(defs, checkCatalog(), journey.CheckContext{}); len(faults) != want {
			t.Errorf("on_error %q: got %v, want %d faults", onError, faults, want)
		}
	}
}

func TestNothingToCheck(t *testing.T) {
	if faults := journey.Check(nil, offers{}, journey.CheckContext{}); faults != nil {
		t.Errorf("got %v", faults)
	}
}

// A schema comes from a plugin. It can't make the host read a file or ask a
// server, and a bad one is a fault and nothing worse.
func TestHostileSchemas(t *testing.T) {
	for _, c := range []struct{ schema, want string }{
		{`{"$ref": "file:///etc/passwd"}`, "file:///etc/passwd"},
		{`{"$ref": "http://127.0.0.1:1/schema"}`, "127.0.0.1"},
		{`{"$schema": "http://127.0.0.1:1/meta"}`, "127.0.0.1"},
		{`{"type": "nothing"}`, "config_schema of p/x"},
		{`{"type": `, "config_schema of p/x"},
		{`{"$ref": "#"}`, ""},
		{`{"$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object"}`, ""},
	} {
		catalog := offers{"p/x": {Outcomes: []string{"ok"}, ConfigSchema: json.RawMessage(c.schema)}}
		defs := map[string]*journey.Definition{"j": {
			Name: "j", Start: "a",
			Steps: map[string]*journey.Step{
				"a": {Name: "a", Use: "p/x", Next: map[string]string{"ok": "b"}},
				"b": {Name: "b", Use: "p/x", Next: map[string]string{"ok": journey.Success}},
			},
		}}
		faults := journey.Check(defs, catalog, journey.CheckContext{})
		switch {
		case c.want == "" && strings.Contains(c.schema, "$schema") && len(faults) > 0:
			t.Errorf("%s: %v", c.schema, faults)
		case c.want != "" && (len(faults) != 1 || !strings.Contains(faults[0].Message, c.want)):
			t.Errorf("%s: got %v, want one fault with %q", c.schema, faults, c.want)
		}
	}
}

func TestReachableACR(t *testing.T) {
	set := func(acr any, next string) *journey.Step {
		return &journey.Step{Use: "p/set", Config: map[string]any{"acr": acr}, Next: map[string]string{"ok": next}}
	}
	defs := map[string]*journey.Definition{
		"j": {Name: "j", Start: "a", Steps: map[string]*journey.Step{
			"a":     set("2.0", "b"),
			"b":     set(map[string]any{"cel": "'x'"}, "c"),
			"c":     set(map[string]any{"level": "2"}, "d"),
			"d":     {Use: "p/risk", Next: map[string]string{"ok": "e"}},
			"e":     {Journey: "sub", Next: map[string]string{"success": journey.Success, "failure": journey.Failure}},
			"never": set("9.9", journey.Success),
		}},
		"sub": {Name: "sub", Start: "a", Steps: map[string]*journey.Step{"a": set("1.5", journey.Success)}},
	}
	want := []string{"1.0", "1.5", "2.0", "2.5"}
	got := journey.Reaches(defs, checkCatalog(), "2.5", "2.0")
	if diff := cmp.Diff(want, got["j"].Values); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(journey.Reach{Values: []string{"1.0", "1.5"}}, got["sub"], cmpopts.EquateEmpty()); diff != "" {
		t.Error(diff)
	}
}

// A level counts as reached by a literal, by a pattern of a manifest, and by an
// expression, which may give anything that the manifest allows.
func TestLevelsAndOpenValues(t *testing.T) {
	level := func(config map[string]any, use, value string) int {
		defs := map[string]*journey.Definition{"j": {
			Name: "j", Start: "a",
			Steps: map[string]*journey.Step{"a": {Name: "a", Use: use, Config: config, Next: map[string]string{"ok": journey.Success}}},
		}}
		return len(journey.Check(defs, checkCatalog(), journey.CheckContext{Levels: map[string]journey.Pos{value: {}}}))
	}
	expression := map[string]any{"acr": map[string]any{"cel": "'x'"}}
	object := map[string]any{"acr": map[string]any{"level": "2.5"}}
	for _, c := range []struct {
		config     map[string]any
		use, value string
		want       int
	}{
		{map[string]any{"acr": "2.5"}, "p/set", "2.5", 0},
		{map[string]any{"acr": "2.0"}, "p/set", "2.5", 1},
		{expression, "p/set", "2.5", 0},
		{object, "p/set", "2.5", 1},
		{object, "p/set", `{"level":"2.5"}`, 0},
		{nil, "p/risk", "device:high", 0},
		{nil, "p/risk", "2.5", 1},
	} {
		if got := level(c.config, c.use, c.value); got != c.want {
			t.Errorf("%s with %v and the level %q: %d faults, want %d", c.use, c.config, c.value, got, c.want)
		}
	}
}

// FuzzCheckedGraphsEnd makes graphs out of bytes. What the check lets pass must
// hold by a walk that knows nothing of the check: each step is reached, each edge
// leads somewhere, each step has a way to a terminal.
func FuzzCheckedGraphsEnd(f *testing.F) {
	f.Add([]byte{0, 1, 0, 2, 250, 251})
	f.Add([]byte{0, 0, 0, 0})
	f.Add([]byte{1, 2, 2, 0, 0, 250, 9, 9})
	f.Add([]byte{0, 1, 250, 1, 250, 250})
	f.Fuzz(func(t *testing.T, data []byte) {
		d := graph(data)
		if len(journey.Check(map[string]*journey.Definition{"j": d}, checkCatalog(), journey.CheckContext{})) > 0 {
			return
		}
		all := walkFrom(d, d.Start)
		if len(all) != len(d.Steps) {
			t.Errorf("%d of %d steps are reached", len(all), len(d.Steps))
		}
		for name := range all {
			if !ends(d, walkFrom(d, name)) {
				t.Errorf("no terminal is reached from %q in %v", name, d.Steps)
			}
		}
	})
}

// graph is a journey of ask steps whose edges the bytes choose, three for each.
func graph(data []byte) *journey.Definition {
	d := &journey.Definition{Name: "j", Start: "s0", Steps: map[string]*journey.Step{}}
	count := min(len(data)/2, 12)
	target := func(b byte) string {
		switch b {
		case 250:
			return journey.Success
		case 251:
			return journey.Failure
		case 252:
			return "@nowhere"
		}
		return fmt.Sprintf("s%d", int(b)%(count+1)) // one more than there are
	}
	for i := range count {
		d.Steps[fmt.Sprintf("s%d", i)] = &journey.Step{
			Name: fmt.Sprintf("s%d", i), Use: "p/ask",
			Next: map[string]string{"ok": target(data[2*i]), "failed": target(data[2*i+1])},
		}
	}
	return d
}

func walkFrom(d *journey.Definition, start string) map[string]bool {
	seen, queue := map[string]bool{}, []string{start}
	for len(queue) > 0 {
		name := queue[0]
		queue = queue[1:]
		if seen[name] || d.Steps[name] == nil {
			continue
		}
		seen[name] = true
		for _, to := range d.Steps[name].Next {
			queue = append(queue, to)
		}
	}
	return seen
}

func ends(d *journey.Definition, steps map[string]bool) bool {
	for name := range steps {
		for _, to := range d.Steps[name].Next {
			if to == journey.Success || to == journey.Failure {
				return true
			}
		}
	}
	return false
}
