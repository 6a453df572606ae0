package journey_test

import (
	"context"
	"testing"
	"time"

	"github.com/acrhost/acrhost/host/journey"
	"github.com/acrhost/acrhost/sdk/go/abi"
	"github.com/google/go-cmp/cmp"
)

// Another user never inherits, and nobody inherits from nobody.
func TestSubjectChanges(t *testing.T) {
	tests := []struct {
		name  string
		steps steps
		order []string
		amr   []string
		acr   bool
	}{
		{"the same again", steps{"a": login("pwd"), "s": setACR(`"1"`), "b": login("sms")}, []string{"a", "s", "b"}, []string{"pwd", "sms", "mfa"}, true},
		{"another user", steps{"a": login("pwd"), "s": setACR(`"1"`), "b": loginAs("bob", "sms")}, []string{"a", "s", "b"}, []string{"sms"}, false},
		{"another user by a plugin", steps{"a": login("pwd"), "b": say(abi.Output{
			Outcome: "ok", Subject: &abi.SubjectRef{ID: "bob"}, Evidence: []abi.Asserted{{Method: "badge", AMR: []string{"sc"}}},
		})}, []string{"a", "b"}, []string{"sc"}, false},
		{"nobody, then someone", steps{
			"s": setACR(`"1"`), "a": say(abi.Output{Outcome: "ok", Evidence: []abi.Asserted{{Method: "m", AMR: []string{"hwk"}}}, AMR: []string{"x"}}), "b": login("pwd"),
		}, []string{"s", "a", "b"}, []string{"pwd"}, true},
		{"what a granted plugin adds", steps{"a": login("pwd"), "b": say(abi.Output{Outcome: "ok", AMR: []string{"geo", "pwd"}})}, []string{"a", "b"}, []string{"pwd", "geo"}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			run := newBench(t, tt.steps, line(tt.order...)).start(t, request())
			wantEnd(t, run, journey.Success, "", "")
			if d := cmp.Diff(tt.amr, run.AllAMR()); d != "" || (run.ACR != nil) != tt.acr {
				t.Errorf("acr set: %t, amr: %s", run.ACR != nil, d)
			}
		})
	}
}

// Verifying the same thing again makes it fresh, and does not double it.
func TestEvidenceAgain(t *testing.T) {
	b := newBench(t, steps{"a": login("pwd")}, line("a"))
	s := request()
	s.Subject = &abi.Subject{ID: "alice"}
	s.Evidence = []journey.Evidence{{Method: "pwd", AMR: []string{"pwd"}, At: began.Add(-time.Hour)}}
	run := b.start(t, s)
	want := []journey.Evidence{{Method: "pwd", AMR: []string{"pwd"}, At: began, Step: "a"}}
	if d := cmp.Diff(want, run.Evid); d != "" {
		t.Error(d)
	}
}

func TestSessionPassesSilently(t *testing.T) {
	var seen abi.Input
	b := newBench(t, steps{"a": func(in abi.Input) (journey.Output, error) { seen = in; return ok(), nil }}, line("a"))
	s := request()
	s.Interactive = false
	s.Subject = &abi.Subject{ID: "alice", Username: "alice"}
	s.Evidence = []journey.Evidence{{Method: "pwd", AMR: []string{"pwd"}, At: began.Add(-time.Hour), Step: "x"}}
	run := b.start(t, s)
	wantEnd(t, run, journey.Success, "", "")
	want := []abi.Evidence{{Method: "pwd", AMR: []string{"pwd"}, At: began.Add(-time.Hour), Step: "x", Fresh: false}}
	if d := cmp.Diff(want, seen.Evidence); d != "" || !run.Evid[0].Session {
		t.Error(d)
	}
	if got := run.AuthTime(); got != began.Add(-time.Hour) {
		t.Errorf("auth_time is %s", got)
	}
	s.Subject = nil
	wantEnd(t, b.start(t, s), "@error:server_error", "server_error", "nobody")
	if len(seen.Evidence) != 0 {
		t.Error("evidence without a subject counts")
	}
}

// What an upstream provider said of one user is not said of another.
func TestUpstreamIsTheUsers(t *testing.T) {
	fetch := func(id, name string) act {
		return func(in abi.Input) (journey.Output, error) {
			out, _ := loginAs(id, "pwd")(in)
			out.Upstream = map[string]abi.Upstream{name: {Claims: map[string]any{"loa": 3}}}
			return out, nil
		}
	}
	b := newBench(t, steps{"a": fetch("alice", "acme"), "b": fetch("alice", "corp"), "c": fetch("bob", "other")}, line("a", "b", "c"))
	var seen []int
	b.Steps = counting{b.Steps, &seen}
	run := b.start(t, request())
	want := map[string]abi.Upstream{"other": {Claims: map[string]any{"loa": 3.0}}}
	if d := cmp.Diff(want, run.Up); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]int{0, 1, 2}, seen); d != "" {
		t.Error(d)
	}
}

// counting notes how many upstream providers each call saw.
type counting struct {
	journey.Stepper
	seen *[]int
}

func (c counting) Run(ctx context.Context, call journey.Call) (journey.Output, error) {
	*c.seen = append(*c.seen, len(call.Input.Upstream))
	return c.Stepper.Run(ctx, call)
}

// When and where something was verified is the engine's to say.
func TestEvidenceIsStamped(t *testing.T) {
	b := newBench(t, steps{"a": func(in abi.Input) (journey.Output, error) {
		out, _ := login()(in)
		out.Digest = "sha256:real"
		out.Evidence = []journey.Evidence{{Method: "pwd", AMR: []string{"pwd"}, At: began.Add(time.Hour), Step: "x", Digest: "sha256:x", Session: true}}
		return out, nil
	}}, line("a"))
	run := b.start(t, request())
	want := []journey.Evidence{{Method: "pwd", AMR: []string{"pwd"}, At: began, Step: "a", Digest: "sha256:real"}}
	if d := cmp.Diff(want, run.Evid); d != "" {
		t.Error(d)
	}
}
