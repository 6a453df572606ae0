package journey_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/acrhost/acrhost/host/acr"
	"github.com/acrhost/acrhost/host/journey"
	"github.com/acrhost/acrhost/sdk/go/abi"
	"github.com/google/go-cmp/cmp"
)

// A step error keeps nothing of the call, whatever kind it is.
func TestStepErrors(t *testing.T) {
	everything := func(o abi.Output) act {
		return func(in abi.Input) (journey.Output, error) {
			out, _ := login("hwk")(in)
			outcome := o.Outcome
			if outcome == "" && o.Error == nil {
				outcome = "ok"
			}
			o.Outcome, o.Claims, o.AMR = outcome, map[string]any{"c": 1}, []string{"x"}
			if o.Vars == nil {
				o.Vars = map[string]any{"v": 1}
			}
			if o.ACR == nil {
				o.ACR = json.RawMessage(`"9"`)
			}
			out.Output, out.Upstream = o, map[string]abi.Upstream{"u": {}}
			return out, nil
		}
	}
	tests := []struct {
		name          string
		do            act
		code, message string
	}{
		{"an error document", everything(abi.Output{Error: &abi.Error{Code: "no_phone", Message: "No phone."}}), "no_phone", "No phone."},
		{"an error class", func(abi.Input) (journey.Output, error) {
			return journey.Output{}, fmt.Errorf("call: %w", &journey.StepError{Class: "fuel", Code: "fuel", Message: "used up"})
		}, "fuel", "used up"},
		{"an error with a long text", say(abi.Output{Error: &abi.Error{Code: "long", Message: strings.Repeat("é", 60<<10)}}), "long", "éé"},
		{"an undeclared outcome", everything(abi.Output{Outcome: "maybe"}), "output_invalid", `"maybe"`},
		{"two kinds", everything(abi.Output{Outcome: "ok", Prompt: &abi.Prompt{}}), "output_invalid", "exactly one"},
		{"nothing", say(abi.Output{}), "output_invalid", "exactly one"},
		{"a redirect to nowhere", say(abi.Output{Redirect: &abi.Redirect{}}), "output_invalid", "exactly one"},
		{"an acr that is a number", everything(abi.Output{ACR: json.RawMessage(`2.5`)}), "output_invalid", "a number"},
		{"an empty acr", everything(abi.Output{ACR: json.RawMessage(`""`)}), "output_invalid", "empty"},
		{"an acr without its evidence", everything(abi.Output{ACR: json.RawMessage(`"3"`)}), "grant_violation", "needs face"},
		{"too many variables", everything(abi.Output{Vars: map[string]any{"v": strings.Repeat("x", journey.MaxVars)}}), "output_limit", "vars"},
		{"variables that are not JSON", everything(abi.Output{Vars: map[string]any{"v": func() {}}}), "output_invalid", "JSON"},
		{"another subject", func(in abi.Input) (journey.Output, error) {
			out, _ := login("hwk")(in)
			out.Output.Subject = &abi.SubjectRef{ID: "mallory"}
			return out, nil
		}, "output_invalid", "another subject"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := line("login", "bad", "after")
			d.Steps["bad"].OnError, d.Steps["bad"].ErrorVar = "after", "oops"
			b := newBench(t, steps{"login": login("pwd"), "bad": tt.do, "after": say(abi.Output{Outcome: "ok"})}, d)
			b.Levels = acr.Levels{Levels: map[string]acr.Level{"3": {Requires: [][]string{{"face"}}}}}
			run := b.start(t, request())
			wantEnd(t, run, journey.Success, "", "")
			oops, _ := run.Vars["oops"].(map[string]any)
			message, _ := oops["message"].(string)
			if len(message) > 1<<10 || oops["code"] != tt.code || oops["step"] != "bad" || !strings.Contains(message, tt.message) {
				t.Errorf("the error variable is %v", oops)
			}
			if len(run.Vars) != 1 || run.ACR != nil || len(run.Trail) != 0 || len(run.Evid) != 1 || run.AMR != nil || run.Claims != nil || run.Up != nil {
				t.Errorf("something of the call was kept: %+v", run)
			}

			d.Steps["bad"].OnError = ""
			b = newBench(t, b.Steps, d)
			b.Levels = acr.Levels{Levels: map[string]acr.Level{"3": {Requires: [][]string{{"face"}}}}}
			wantEnd(t, b.start(t, request()), "@error:server_error", "server_error", tt.message)
		})
	}
}

// A fault of the host is an error, and the run stays as it was.
func TestHostFault(t *testing.T) {
	down := true
	b := newBench(t, steps{"login": login("pwd"), "ask": ask(abi.Output{Outcome: "ok", Vars: map[string]any{"v": 1}}), "db": func(abi.Input) (journey.Output, error) {
		if down {
			return journey.Output{}, errors.New("no database")
		}
		return ok(), nil
	}}, line("login", "ask", "db"))
	run := b.start(t, request())
	before, err := json.Marshal(run)
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Advance(t.Context(), b.release, run, &journey.Answer{}); err == nil || !strings.Contains(err.Error(), "no database") {
		t.Fatalf("error is %v", err)
	}
	after, err := json.Marshal(run)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(before), string(after)); d != "" {
		t.Error(d)
	}
	down = false
	b.answer(t, run, nil)
	wantEnd(t, run, journey.Success, "", "")
}

// What the host had no time for is not the step's fault, whatever the step makes of it. Who
// wrote the journey may have said what comes then.
func TestBusyHost(t *testing.T) {
	busy := func(abi.Input) (journey.Output, error) {
		return journey.Output{}, &journey.StepError{Class: "guest_error", Code: "upstream", Message: "no answer", Busy: true}
	}
	wantEnd(t, begun(t, busy, line("a")), "@error:temporarily_unavailable", "temporarily_unavailable", "no answer")
	d := line("a")
	d.Steps["a"].OnError = journey.Failure
	wantEnd(t, begun(t, busy, d), journey.Failure, "access_denied", "no answer")
}

// begun is a run of a journey whose step is this.
func begun(t *testing.T, do act, d *journey.Definition) *journey.Run {
	t.Helper()
	b := newBench(t, steps{"a": do}, d)
	return b.start(t, request())
}

func TestCutShort(t *testing.T) {
	d := line("a")
	d.Steps["a"].ErrorVar = "oops"
	for name, do := range map[string]act{
		"by the step": func(abi.Input) (journey.Output, error) {
			return journey.Output{}, fmt.Errorf("call: %w", context.DeadlineExceeded)
		},
		"before": login("pwd"),
	} {
		b := newBench(t, steps{"a": do}, d)
		ctx, cancel := context.WithCancel(t.Context())
		if name == "before" {
			cancel()
		}
		run, err := b.Start(ctx, b.release, request())
		cancel()
		if err != nil {
			t.Fatal(err)
		}
		wantEnd(t, run, "@error:temporarily_unavailable", "temporarily_unavailable", "timeout: the call was cut short")
	}
}

func TestAdvanceRefuses(t *testing.T) {
	b := newBench(t, steps{"ask": ask(abi.Output{Outcome: "failed"})}, line("ask"))
	run := b.start(t, request())
	other := *run
	other.Release = "rel_0"
	lost := *run
	lost.Stack = []journey.Frame{{Journey: "main", Step: "gone"}}
	empty := *run
	empty.Stack = nil
	done := *run
	b.answer(t, &done, nil)
	tests := []struct {
		name string
		run  journey.Run
		a    *journey.Answer
		want string
	}{
		{"no answer", *run, nil, journey.ErrNotWaiting.Error()},
		{"ended", done, &journey.Answer{}, journey.ErrNotWaiting.Error()},
		{"another release", other, &journey.Answer{}, journey.ErrOtherRelease.Error()},
		{"a step that does not exist", lost, &journey.Answer{}, `no step "gone"`},
		{"nowhere", empty, &journey.Answer{}, "stack is empty"},
	}
	for _, tt := range tests {
		if err := b.Advance(t.Context(), b.release, &tt.run, tt.a); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: error is %v, want %q", tt.name, err, tt.want)
		}
	}
	if _, err := b.Start(t.Context(), b.release, journey.StartRequest{Journey: "nope"}); err == nil {
		t.Error("an unknown journey began")
	}
}

// A step that writes into its input writes into a copy.
func TestInputIsACopy(t *testing.T) {
	d := line("login", "bad", "after")
	d.Steps["bad"].OnError = "after"
	b := newBench(t, steps{"login": login("pwd"), "after": say(abi.Output{Outcome: "ok"}), "bad": func(in abi.Input) (journey.Output, error) {
		in.Vars["smuggled"] = true
		in.Upstream["smuggled"] = abi.Upstream{}
		in.Journey.Path[0] = "smuggled"
		return journey.Output{}, &journey.StepError{Class: "trap", Code: "trap"}
	}}, d)
	run := b.start(t, request())
	wantEnd(t, run, journey.Success, "", "")
	if len(run.Vars) != 0 || len(run.Up) != 0 || run.Path[0] != "login" {
		t.Errorf("the run was changed: %v, %v, %v", run.Vars, run.Up, run.Path)
	}
}
