package journey_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/acrhost/acrhost/host/journey"
	"github.com/acrhost/acrhost/sdk/go/abi"
	"github.com/google/go-cmp/cmp"
)

// sub is a step that runs another journey.
func sub(name, journeyName, success, failure string) *journey.Step {
	return &journey.Step{Name: name, Journey: journeyName, Next: map[string]string{
		journey.SubSuccess: success, journey.SubFailure: failure,
	}}
}

func named(name string, d *journey.Definition) *journey.Definition {
	d.Name = name
	return d
}

// withSub is the journey main: login, then the journey mfa, then after; when mfa
// fails, fallback.
func withSub() (main, mfa *journey.Definition) {
	main = line("login", "mfa", "after", "fallback")
	main.Steps["mfa"] = sub("mfa", "mfa", "after", "fallback")
	main.Steps["after"].Next["ok"] = journey.Success
	return main, named("mfa", line("otp", "inner"))
}

func TestSubJourneys(t *testing.T) {
	tests := []struct {
		name     string
		otp      act
		path     []string
		terminal string
		code     string
	}{
		{"success", login("sms"), []string{"login", "mfa", "otp", "inner", "after"}, journey.Success, ""},
		{"failure", say(abi.Output{Outcome: "failed"}), []string{"login", "mfa", "otp", "fallback"}, journey.Success, ""},
		{"an error for the client", say(abi.Output{Outcome: "other"}), []string{"login", "mfa", "otp"}, "@error:account_selection_required", "account_selection_required"},
		{"a step error", say(abi.Output{Error: &abi.Error{Code: "x"}}), []string{"login", "mfa", "otp"}, "@error:server_error", "server_error"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			main, mfa := withSub()
			var in abi.Input
			look := func(i abi.Input) (journey.Output, error) { in = i; return ok(), nil }
			b := newBench(t, steps{
				"login": func(i abi.Input) (journey.Output, error) {
					out, _ := login("pwd")(i)
					out.Vars = map[string]any{"outer": true}
					return out, nil
				},
				"otp": tt.otp, "inner": look, "after": say(abi.Output{Outcome: "ok"}), "fallback": say(abi.Output{Outcome: "ok"}),
			}, main, mfa)
			run := b.start(t, request())
			wantEnd(t, run, tt.terminal, tt.code, "")
			if d := cmp.Diff(tt.path, run.Path); d != "" {
				t.Error(d)
			}
			if tt.name == "success" && (in.Journey.Name != "mfa" || in.Vars["outer"] != true) {
				t.Errorf("inside, the journey is %q and the variables are %v", in.Journey.Name, in.Vars)
			}
		})
	}
}

// What a sub-journey set stays when it fails: the last set counts, whoever made it.
func TestFailedSubJourneyLeavesItsACR(t *testing.T) {
	main, mfa := withSub()
	failed := say(abi.Output{Outcome: "failed", ACR: json.RawMessage(`"2"`)})
	b := newBench(t, steps{"login": login("pwd"), "otp": failed, "fallback": say(abi.Output{Outcome: "ok"})}, main, mfa)
	run := b.start(t, request())
	wantEnd(t, run, journey.Success, "", "")
	if run.ACR == nil || *run.ACR != "2" {
		t.Errorf("acr %v", run.ACR)
	}
}

// The success of a sub-journey is no success of the run.
func TestSubJourneyProvesNothing(t *testing.T) {
	main := &journey.Definition{Name: "main", Start: "s", Steps: map[string]*journey.Step{"s": sub("s", "in", journey.Success, journey.Failure)}}
	in := named("in", line("a"))
	in.InsecureAllowNoEvidence = true // only the outermost journey may say so
	b := newBench(t, steps{"a": login()}, main, in)
	wantEnd(t, b.start(t, request()), "@error:server_error", "server_error", "nothing about the user was verified")
}

func TestSubJourneyVisits(t *testing.T) {
	main, mfa := withSub()
	mfa.Steps["otp"].Next["ok"] = "otp"
	b := newBench(t, steps{"login": login("pwd"), "otp": say(abi.Output{Outcome: "ok"}), "fallback": say(abi.Output{Outcome: "failed"})}, main, mfa)
	run := b.start(t, request())
	wantEnd(t, run, journey.Failure, "access_denied", `step "fallback"`)
	if len(run.Path) != 3+journey.DefaultMaxVisits {
		t.Errorf("the path is %v", run.Path)
	}
}

func TestSubJourneyTimeout(t *testing.T) {
	main, mfa := withSub()
	main.Timeout, mfa.Timeout = time.Hour, time.Minute
	b := newBench(t, steps{"login": login("pwd"), "otp": ask(abi.Output{Outcome: "ok"}), "inner": say(abi.Output{Outcome: "ok"}), "fallback": ask(abi.Output{Outcome: "ok"})}, main, mfa)
	run := b.start(t, request())
	b.clock = began.Add(2 * time.Minute)
	b.answer(t, run, nil)
	if run.End != nil || run.Stack[0].Step != "fallback" || len(run.Stack) != 1 || run.Prompt == nil {
		t.Fatalf("the run is at %+v, %+v", run.Stack, run.End)
	}
	b.answer(t, run, nil)
	wantEnd(t, run, journey.Success, "", "")
}

// The check refuses a journey that contains itself; the engine survives one.
func TestRecursion(t *testing.T) {
	main := &journey.Definition{Name: "main", Start: "s", Steps: map[string]*journey.Step{"s": sub("s", "main", journey.Success, journey.Failure)}}
	wantEnd(t, newBench(t, steps{}, main).start(t, request()), "@error:server_error", "server_error", "nested")
}

// Loops of journeys in loops of journeys stay within the run's own bound.
func TestEnteredIsBounded(t *testing.T) {
	var defs []*journey.Definition
	for _, pair := range [][2]string{{"main", "b"}, {"b", "c"}, {"c", "d"}} {
		defs = append(defs, &journey.Definition{Name: pair[0], Start: "s", Steps: map[string]*journey.Step{"s": sub("s", pair[1], "s", "s")}})
	}
	d := named("d", line("a"))
	run := newBench(t, steps{"a": say(abi.Output{Outcome: "ok"})}, append(defs, d)...).start(t, request())
	wantEnd(t, run, journey.Failure, "access_denied", "entered 1000 steps")
}

// A step that asks for ever is cut off, however patient the user.
func TestCallsAreBounded(t *testing.T) {
	calls := 0
	b := newBench(t, steps{"a": func(abi.Input) (journey.Output, error) {
		calls++
		return journey.Output{Output: abi.Output{Prompt: &abi.Prompt{}}}, nil
	}}, line("a"))
	run := b.start(t, request())
	for run.End == nil && calls < 2*journey.MaxCalls {
		b.answer(t, run, nil)
	}
	wantEnd(t, run, journey.Failure, "access_denied", "1000 calls")
}
