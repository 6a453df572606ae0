package journey_test

import (
	"encoding/json"
	"testing"

	"github.com/acrhost/acrhost/host/journey"
	"github.com/acrhost/acrhost/sdk/go/abi"
	"github.com/google/go-cmp/cmp"
)

func TestExpressions(t *testing.T) {
	cel := func(src string) map[string]any { return map[string]any{"cel": src} }
	tests := []struct {
		name, use string
		config    map[string]any
		want      string // the configuration, or what of the step error
		code      string
	}{
		{"literal", "t/any", map[string]any{"n": int64(1), "l": []any{"a"}}, `{"l":["a"],"n":1}`, ""},
		{"none", "t/any", nil, `{}`, ""},
		{"a value", "t/strict", map[string]any{"acr": cel("'2.5|txn:' + journey.run + '|' + vars.x")}, `{"acr":"2.5|txn:r_1|y"}`, ""},
		{"nested", "t/any", map[string]any{"o": []any{map[string]any{"v": cel("[now, amr]")}}}, `{"o":[{"v":["2026-11-23T07:00:00Z",["pwd"]]}]}`, ""},
		{"Mosaic's", "t/any", map[string]any{"v": cel("@policy.getInteractionParameters().acrValues")}, `{"v":"2.5"}`, ""},
		{"the session", "t/any", map[string]any{"v": cel("session.present")}, `{"v":true}`, ""},
		{"a missing variable", "t/any", map[string]any{"v": cel("'a' + vars.nope")}, "config.v: no such key: nope", "expression"},
		{"against the schema", "t/strict", map[string]any{"acr": cel("acr.current"), "n": cel("vars.x")}, "config.n: got string, want integer", "config"},
		{"a double for an integer", "t/strict", map[string]any{"acr": "a", "n": cel("1.5")}, "config.n", "config"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := line("login", "it")
			d.Steps["it"].Use, d.Steps["it"].Config, d.Steps["it"].ErrorVar = tt.use, tt.config, "oops"
			got := ""
			b := newBench(t, steps{
				"login": func(in abi.Input) (journey.Output, error) {
					out, _ := login("pwd")(in)
					out.Vars = map[string]any{"x": "y"}
					return out, nil
				},
				"it": func(in abi.Input) (journey.Output, error) { got = string(in.Config); return ok(), nil },
			}, d)
			s := request()
			s.RawACR, s.Session.Present = "2.5", true
			run := b.start(t, s)
			if tt.code == "" {
				wantEnd(t, run, journey.Success, "", "")
				if got != tt.want {
					t.Errorf("config is %s, want %s", got, tt.want)
				}
				return
			}
			wantEnd(t, run, "@error:server_error", "server_error", tt.want)
			if oops, _ := run.Vars["oops"].(map[string]any); oops["code"] != tt.code || got != "" {
				t.Errorf("error is %v, the step ran with %q", oops, got)
			}
		})
	}
}

// An expression is evaluated each time the step runs.
func TestExpressionsEachTime(t *testing.T) {
	d := line("login", "again")
	d.Steps["again"].Config = map[string]any{"n": map[string]any{"cel": "has(vars.n) ? vars.n + 1.0 : 0.0"}}
	d.Steps["again"].Next["failed"] = "again"
	var seen []string
	b := newBench(t, steps{"login": login("pwd"), "again": func(in abi.Input) (journey.Output, error) {
		seen = append(seen, string(in.Config))
		var c struct{ N int }
		if err := json.Unmarshal(in.Config, &c); err != nil {
			return journey.Output{}, err
		}
		outcome := "failed"
		if c.N == 2 {
			outcome = "ok"
		}
		return journey.Output{Output: abi.Output{Outcome: outcome, Vars: map[string]any{"n": c.N}}}, nil
	}}, d)
	wantEnd(t, b.start(t, request()), journey.Success, "", "")
	if d := cmp.Diff([]string{`{"n":0}`, `{"n":1}`, `{"n":2}`}, seen); d != "" {
		t.Error(d)
	}
}
