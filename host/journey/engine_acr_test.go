package journey_test

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/acrhost/acrhost/host/acr"
	"github.com/acrhost/acrhost/host/journey"
	"github.com/acrhost/acrhost/sdk/go/abi"
	"github.com/google/go-cmp/cmp"
)

func TestACR(t *testing.T) {
	var seen []string
	look := func(in abi.Input) (journey.Output, error) {
		current := "null"
		if in.ACR.Current != nil {
			current = *in.ACR.Current
		}
		seen = append(seen, fmt.Sprintf("%s %t", current, in.ACR.Set))
		return ok(), nil
	}
	tests := []struct {
		name, raw string
		sets      [2]act
		want      any
		seen      []string
	}{
		{"the last wins", "2.5 2.0", [2]act{setACR(`"1.5"`), setACR(`"2.0"`)}, "2.0", []string{"2.5 2.0 false", "1.5 true", "2.0 true"}},
		{"none", "2.5", [2]act{say(abi.Output{Outcome: "ok"}), say(abi.Output{Outcome: "ok"})}, nil, []string{"2.5 false", "2.5 false", "2.5 false"}},
		{"neither asked nor set", "", [2]act{say(abi.Output{Outcome: "ok"}), setACR(`"1"`)}, "1", []string{"null false", "null false", "1 true"}},
		{"an object", "", [2]act{setACR(`{"b":1, "a":2}`), setACR(`{"a":2,"b":1.0}`)}, `{"a":2,"b":1}`, []string{"null false", `{"a":2,"b":1} true`, `{"a":2,"b":1} true`}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			seen = nil
			b := newBench(t, steps{"login": login("pwd"), "a": look, "b": tt.sets[0], "c": look, "d": tt.sets[1], "e": look}, line("login", "a", "b", "c", "d", "e"))
			s := request()
			s.RawACR = tt.raw
			run := b.start(t, s)
			wantEnd(t, run, journey.Success, "", "")
			var got any
			if run.ACR != nil {
				got = *run.ACR
			}
			if got != tt.want {
				t.Errorf("acr is %v, want %v", got, tt.want)
			}
			if d := cmp.Diff(tt.seen, seen); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestTrail(t *testing.T) {
	b := newBench(t, steps{"login": login("pwd"), "a": setACR(`"1"`), "b": setACR(`"2"`)}, line("login", "a", "b"))
	run := b.start(t, request())
	input := func(call string) journey.ACRInput {
		return journey.ACRInput{Call: call, Requested: []string{}, AMR: []string{"pwd"}, Config: json.RawMessage("{}")}
	}
	want := []journey.ACRSet{
		{Value: "1", Step: "a", Use: "t/any", Digest: "sha256:d", At: began, Input: input("c_r_1_2")},
		{Value: "2", Step: "b", Use: "t/any", Digest: "sha256:d", At: began, Input: input("c_r_1_3")},
	}
	if d := cmp.Diff(want, run.Trail); d != "" {
		t.Error(d)
	}
}

// TestTrailSeen: what led a step to its value is kept, as it was before the call, and
// only what the manifest says that the step reads.
func TestTrailSeen(t *testing.T) {
	long := strings.Repeat("x", 2*journey.MaxTrailSeen)
	upstream := json.RawMessage(`{"acme":{"claims":{"sub":"1"},"amr":["pwd"]}}`)
	device := &abi.Device{IP: "203.0.113.7", UserAgent: "Firefox"}
	for name, row := range map[string]struct {
		use  string
		vars map[string]any
		want journey.Seen
	}{
		"declared":     {"t/reads", map[string]any{"risk": 7}, journey.Seen{Vars: json.RawMessage(`{"risk":7}`), Upstream: upstream, Device: device}},
		"not declared": {"t/any", map[string]any{"risk": 7}, journey.Seen{}},
		"too long": {"t/reads", map[string]any{"risk": long}, journey.Seen{
			Vars:     fmt.Appendf(nil, `"left out: 2059 bytes, sha256:%x"`, sha256.Sum256([]byte(`{"risk":"`+long+`"}`))),
			Upstream: upstream, Device: device,
		}},
	} {
		t.Run(name, func(t *testing.T) {
			def := line("login", "vars", "set")
			def.Steps["set"].Use = row.use
			b := newBench(t, steps{
				"login": signsIn(abroad(began, false)), "vars": say(abi.Output{Outcome: "ok", Vars: row.vars}),
				"set": say(abi.Output{Outcome: "ok", ACR: json.RawMessage(`"1"`), Vars: map[string]any{"risk": "told after"}}),
			}, def)
			s := request()
			s.Device = *device
			run := b.start(t, s)
			if len(run.Trail) != 1 {
				t.Fatalf("trail %+v, %+v", run.Trail, run.End)
			}
			if d := cmp.Diff(row.want, run.Trail[0].Input.Seen); d != "" {
				t.Error(d)
			}
		})
	}
}

// What was asked for as values, without acr_values as sent, counts as sent.
func TestRequestedByClaims(t *testing.T) {
	var current string
	b := newBench(t, steps{"a": func(in abi.Input) (journey.Output, error) { current = *in.ACR.Current; return ok(), nil }}, line("a"))
	s := request()
	s.Request.ACRValues = []string{"2.5", "2.0"}
	b.start(t, s)
	if current != "2.5 2.0" {
		t.Errorf("acr.current is %q", current)
	}
}

func TestLevels(t *testing.T) {
	levels := acr.Levels{Levels: map[string]acr.Level{"2": {Requires: [][]string{{"mfa"}}, MaxAge: time.Minute}}}
	tests := []struct {
		name   string
		strict bool
		amr    []string
		acr    string
		wait   time.Duration
		reason string
	}{
		{"supported", false, []string{"pwd", "sms"}, `"2"`, 0, ""},
		{"not supported", false, []string{"pwd"}, `"2"`, 0, "grant_violation"},
		{"free text", false, nil, `"free"`, 0, ""},
		{"free text, strict", true, nil, `"free"`, 0, "acr.strict"},
		{"too old at the end", false, []string{"pwd", "sms"}, `"2"`, 2 * time.Minute, "at the end"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := newBench(t, steps{"login": login(append([]string{"pin"}, tt.amr...)...), "set": setACR(tt.acr), "ask": ask(abi.Output{Outcome: "ok"})}, line("login", "set", "ask"))
			b.Levels = levels
			b.Levels.Strict = tt.strict
			run := b.start(t, request())
			if run.End == nil {
				b.clock = b.clock.Add(tt.wait)
				b.answer(t, run, nil)
			}
			if tt.reason == "" {
				wantEnd(t, run, journey.Success, "", "")
				return
			}
			wantEnd(t, run, "@error:server_error", "server_error", tt.reason)
		})
	}
}
