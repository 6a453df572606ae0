package journey_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/acrhost/acrhost/host/acr"
	"github.com/acrhost/acrhost/host/journey"
	"github.com/acrhost/acrhost/sdk/go/abi"
	"github.com/google/go-cmp/cmp"
)

var began = time.Date(2026, 11, 23, 7, 0, 0, 0, time.UTC)

// act is what a step does in a test.
type act func(in abi.Input) (journey.Output, error)

// steps are acts by the name of the step.
type steps map[string]act

func (s steps) Run(_ context.Context, _ string, in abi.Input) (journey.Output, error) {
	do, ok := s[in.Call.Step]
	if !ok {
		return journey.Output{}, errors.New("no act for step " + in.Call.Step)
	}
	return do(in)
}

// types is a catalog in which each type has its outcomes and a digest.
type types map[string]abi.StepType

func (t types) StepType(use string) (journey.StepType, bool) {
	s, ok := t[use]
	return journey.StepType{StepType: s, Digest: "sha256:" + use}, ok
}

func (t types) Uses() []string { return nil }

var catalog = types{
	"t/any": {Outcomes: []string{"ok", "failed", "other"}},
	"t/strict": {Outcomes: []string{"ok"}, ConfigSchema: json.RawMessage(
		`{"type":"object","properties":{"acr":{"type":"string"},"n":{"type":"integer"}},"required":["acr"],"additionalProperties":false}`)},
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
	want := []journey.ACRSet{
		{Value: "1", Step: "a", Use: "t/any", Digest: "sha256:d", At: began},
		{Value: "2", Step: "b", Use: "t/any", Digest: "sha256:d", At: began},
	}
	if d := cmp.Diff(want, run.Trail); d != "" {
		t.Error(d)
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
			if oops["code"] != tt.code || oops["step"] != "bad" || !strings.Contains(message, tt.message) {
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

func TestTerminals(t *testing.T) {
	tests := []struct{ outcome, terminal, code, reason string }{
		{"ok", journey.Success, "", ""},
		{"failed", journey.Failure, "access_denied", `step "end" ended in "failed"`},
		{"other", "@error:account_selection_required", "account_selection_required", `step "end" ended in "other"`},
	}
	for _, tt := range tests {
		b := newBench(t, steps{"login": login("pwd"), "end": say(abi.Output{Outcome: tt.outcome})}, line("login", "end"))
		wantEnd(t, b.start(t, request()), tt.terminal, tt.code, tt.reason)
	}
}

func TestUnfoundedSuccess(t *testing.T) {
	tests := []struct {
		name     string
		do       act
		insecure bool
		terminal string
		reason   string
	}{
		{"nobody", say(abi.Output{Outcome: "ok"}), false, "@error:server_error", "nobody was identified"},
		{"nobody, insecure", say(abi.Output{Outcome: "ok"}), true, "@error:server_error", "nobody was identified"},
		{"identified only", login(), false, "@error:server_error", "nothing about the user was verified"},
		{"identified only, insecure", login(), true, journey.Success, ""},
		{"verified", login("pwd"), false, journey.Success, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := line("a")
			d.InsecureAllowNoEvidence = tt.insecure
			code := strings.TrimPrefix(tt.terminal, journey.ErrorPrefix)
			if tt.terminal == journey.Success {
				code = ""
			}
			wantEnd(t, newBench(t, steps{"a": tt.do}, d).start(t, request()), tt.terminal, code, tt.reason)
		})
	}
}

func TestMaxVisits(t *testing.T) {
	for _, limit := range []int{0, 1, 3} {
		d := line("loop")
		d.Steps["loop"].Next["ok"], d.Steps["loop"].MaxVisits = "loop", limit
		var attempts []int
		b := newBench(t, steps{"loop": func(in abi.Input) (journey.Output, error) {
			attempts = append(attempts, in.Call.Attempt)
			return ok(), nil
		}}, d)
		wantEnd(t, b.start(t, request()), journey.Failure, "access_denied", "max_visits")
		want := limit
		if limit == 0 {
			want = journey.DefaultMaxVisits
		}
		if len(attempts) != want || attempts[want-1] != want {
			t.Errorf("max_visits %d: attempts are %v", limit, attempts)
		}
	}
}

func TestTimeout(t *testing.T) {
	d := line("ask", "login")
	d.Timeout = time.Minute
	calls := 0
	b := newBench(t, steps{"ask": func(in abi.Input) (journey.Output, error) {
		calls++
		return ask(abi.Output{Outcome: "ok"})(in)
	}, "login": login("pwd")}, d)
	run := b.start(t, request())
	if run.Deadline != began.Add(time.Minute) {
		t.Errorf("deadline is %s", run.Deadline)
	}
	late := *run
	b.clock = began.Add(time.Minute)
	b.answer(t, run, nil)
	wantEnd(t, run, journey.Success, "", "")
	calls = 0
	b.clock = began.Add(time.Minute + time.Millisecond)
	b.answer(t, &late, nil)
	wantEnd(t, &late, journey.Failure, "access_denied", "time was up")
	if calls != 0 || late.Prompt != nil {
		t.Errorf("a late answer was handed on")
	}
}

func TestPromptNone(t *testing.T) {
	for _, o := range []abi.Output{{Prompt: &abi.Prompt{}}, {Redirect: &abi.Redirect{URL: "https://idp.example"}}} {
		b := newBench(t, steps{"a": func(in abi.Input) (journey.Output, error) {
			if in.Call.Interactive {
				t.Error("the step was told that it may ask")
			}
			return journey.Output{Output: o}, nil
		}}, line("a"))
		s := request()
		s.Interactive = false
		run := b.start(t, s)
		wantEnd(t, run, "@error:interaction_required", "interaction_required", "prompt=none")
		if run.Prompt != nil || run.Redirect != "" {
			t.Error("the run waits all the same")
		}
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

func TestInputDocument(t *testing.T) {
	var seen []abi.Input
	note := func(do act) act {
		return func(in abi.Input) (journey.Output, error) { seen = append(seen, in); return do(in) }
	}
	b := newBench(t, steps{"login": login("pwd"), "ask": note(ask(abi.Output{Outcome: "ok"})), "after": note(say(abi.Output{Outcome: "ok"}))},
		line("login", "ask", "after"))
	s := request()
	s.Device = abi.Device{IP: "192.0.2.1"}
	run := b.start(t, s)
	b.answer(t, run, map[string]string{"code": "123456"})
	wantEnd(t, run, journey.Success, "", "")
	common := abi.Input{
		ABI: abi.Version, Config: json.RawMessage(`{}`), AMR: []string{"pwd"},
		Request:  abi.Request{ACRValues: []string{}, Scope: []string{}, Prompt: []string{}, UILocales: []string{}},
		Evidence: []abi.Evidence{{Method: "pwd", AMR: []string{"pwd"}, At: began, Step: "login", Fresh: true}},
		Subject:  &abi.Subject{ID: "alice", Username: "alice", Claims: map[string]any{"age": 30.0}},
		Upstream: map[string]abi.Upstream{}, Device: s.Device, Vars: map[string]any{},
	}
	first, second, third := common, common, common
	path := func(p ...string) abi.Journey {
		return abi.Journey{Name: "main", Run: "r_1", StartedAt: began, Path: p}
	}
	call := func(n int, step string) abi.Call {
		return abi.Call{ID: fmt.Sprintf("c_r_1_%d", n), Type: "any", Step: step, Attempt: 1, Now: began, Interactive: true}
	}
	submit := journey.DefaultAction
	first.Call, first.Journey = call(2, "ask"), path("login")
	second.Call, second.Journey = call(3, "ask"), path("login")
	second.Form, second.Action, second.State = map[string]string{"code": "123456"}, &submit, json.RawMessage(`{"n":1}`)
	third.Call, third.Journey = call(4, "after"), path("login", "ask")
	if d := cmp.Diff([]abi.Input{first, second, third}, seen); d != "" {
		t.Error(d)
	}
}

func TestRedirect(t *testing.T) {
	b := newBench(t, steps{"login": login("pwd"), "up": func(in abi.Input) (journey.Output, error) {
		if in.Form == nil {
			return journey.Output{Output: abi.Output{Redirect: &abi.Redirect{URL: "https://idp.example/a"}, State: json.RawMessage(`1`)}}, nil
		}
		if in.Form["code"] != "c" || string(in.State) != "1" || in.Form["long"] != "" {
			t.Errorf("came back with %v, %s", in.Form, in.State)
		}
		return ok(), nil
	}}, line("up", "login"))
	run := b.start(t, request())
	if run.Redirect != "https://idp.example/a" || run.Prompt != nil || run.End != nil {
		t.Fatalf("the run is %+v", run)
	}
	b.answer(t, run, map[string]string{"code": "c", "long": strings.Repeat("x", journey.MaxField+1)})
	wantEnd(t, run, journey.Success, "", "")
	if run.Redirect != "" {
		t.Error("the redirect is still there")
	}
}

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
		wantEnd(t, run, "@error:server_error", "server_error", "timeout: the call was cut short")
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
