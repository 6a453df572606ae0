package journey_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/acrhost/acrhost/host/journey"
	"github.com/acrhost/acrhost/sdk/go/abi"
)

var began = time.Date(2026, 11, 23, 7, 0, 0, 0, time.UTC)

// act is what a step does in a test.
type act func(in abi.Input) (journey.Output, error)

// steps are acts by the name of the step.
type steps map[string]act

func (s steps) Run(_ context.Context, c journey.Call) (journey.Output, error) {
	do, ok := s[c.Input.Call.Step]
	if !ok {
		return journey.Output{}, errors.New("no act for step " + c.Input.Call.Step)
	}
	return do(c.Input)
}

// types is a catalog in which each type has its outcomes and a digest.
type types map[string]abi.StepType

func (t types) StepType(use string) (journey.StepType, bool) {
	s, ok := t[use]
	if !ok {
		s, ok = moreTypes[use]
	}
	return journey.StepType{StepType: s, Digest: "sha256:" + use}, ok
}

func (t types) Uses() []string { return nil }

var catalog = types{
	"t/any": {Outcomes: []string{"ok", "failed", "other"}, Writes: abi.Writes{ACR: []string{"*"}}},
	"t/strict": {Outcomes: []string{"ok"}, ConfigSchema: json.RawMessage(
		`{"type":"object","properties":{"acr":{"type":"string"},"n":{"type":"integer"}},"required":["acr"],"additionalProperties":false}`), Writes: abi.Writes{ACRFrom: []string{"/acr"}}},
}

// line makes a journey whose steps follow each other on ok and end in success.
func line(names ...string) *journey.Definition {
	d := &journey.Definition{Name: "main", Start: names[0], Steps: map[string]*journey.Step{}}
	for i, name := range names {
		next := journey.Success
		if i+1 < len(names) {
			next = names[i+1]
		}
		d.Steps[name] = &journey.Step{Name: name, Use: "t/any", Next: map[string]string{
			"ok": next, "failed": journey.Failure, "other": "@error:account_selection_required",
		}}
	}
	return d
}

// bench is an engine with one release, and a clock that tests can turn.
type bench struct {
	journey.Engine
	release *journey.Release
	clock   time.Time
}

func newBench(t *testing.T, s journey.Stepper, defs ...*journey.Definition) *bench {
	t.Helper()
	byName := map[string]*journey.Definition{}
	for _, d := range defs {
		byName[d.Name] = d
	}
	release, err := journey.NewRelease(byName, catalog)
	if err != nil {
		t.Fatal(err)
	}
	b := &bench{release: release, clock: began}
	b.Engine = journey.Engine{Steps: s, Now: func() time.Time { return b.clock }}
	return b
}

func request() journey.StartRequest {
	return journey.StartRequest{ID: "r_1", Journey: "main", Interactive: true}
}

func (b *bench) start(t *testing.T, s journey.StartRequest) *journey.Run {
	t.Helper()
	run, err := b.Start(t.Context(), b.release, s)
	if err != nil {
		t.Fatal(err)
	}
	return run
}

func (b *bench) answer(t *testing.T, run *journey.Run, form map[string]string) {
	t.Helper()
	if err := b.Advance(t.Context(), b.release, run, &journey.Answer{Form: form}); err != nil {
		t.Fatal(err)
	}
}

func wantEnd(t *testing.T, run *journey.Run, terminal, code, reason string) {
	t.Helper()
	if run.End == nil {
		t.Fatalf("the run has not ended; it waits at %v", run.Stack)
	}
	if run.End.Terminal != terminal || run.End.Code != code || !strings.Contains(run.End.Reason, reason) {
		t.Errorf("the run ended with %+v, want %s, %q, %q", *run.End, terminal, code, reason)
	}
}

// ok is an output that changes nothing.
func ok() journey.Output { return journey.Output{Output: abi.Output{Outcome: "ok"}} }

func say(o abi.Output) act {
	return func(abi.Input) (journey.Output, error) { return journey.Output{Output: o, Digest: "sha256:d"}, nil }
}

func setACR(raw string) act { return say(abi.Output{Outcome: "ok", ACR: json.RawMessage(raw)}) }

// login identifies alice and verifies something about her.
func login(amr ...string) act { return loginAs("alice", amr...) }

func loginAs(id string, amr ...string) act {
	return func(abi.Input) (journey.Output, error) {
		o := ok()
		o.Subject = &abi.Subject{ID: id, Username: id, Claims: map[string]any{"age": 30}}
		if len(amr) > 0 {
			o.Evidence = []journey.Evidence{{Method: amr[0], AMR: amr}}
		}
		return o, nil
	}
}

// ask prompts once, then says o.
func ask(o abi.Output) act {
	return func(in abi.Input) (journey.Output, error) {
		if in.Form == nil {
			return journey.Output{Output: abi.Output{
				Prompt: &abi.Prompt{Fields: []abi.Field{{Name: "code", Type: abi.OTP}}}, State: json.RawMessage(`{"n":1}`),
			}}, nil
		}
		return journey.Output{Output: o}, nil
	}
}
