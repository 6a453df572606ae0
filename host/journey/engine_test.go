package journey_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/acrhost/acrhost/host/journey"
	"github.com/acrhost/acrhost/sdk/go/abi"
	"github.com/google/go-cmp/cmp"
)

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
	run := silent(t, abi.Output{Prompt: &abi.Prompt{}})
	wantEnd(t, run, "@error:interaction_required", "interaction_required", "prompt=none")
	if run.Prompt != nil || run.Redirect != "" {
		t.Error("the run waits all the same")
	}
	// Another provider can be asked without a page: its URL says so.
	if run := silent(t, abi.Output{Redirect: &abi.Redirect{URL: "https://idp.example"}}); run.Redirect == "" || run.End != nil {
		t.Errorf("a redirect: %+v", run)
	}
}

// silent is a run under prompt=none whose step gives this.
func silent(t *testing.T, o abi.Output) *journey.Run {
	t.Helper()
	b := newBench(t, steps{"a": func(in abi.Input) (journey.Output, error) {
		if in.Call.Interactive {
			t.Error("the step was told that it may ask")
		}
		return journey.Output{Output: o}, nil
	}}, line("a"))
	s := request()
	s.Interactive = false
	return b.start(t, s)
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
	if run.Stack[0].State != nil {
		t.Errorf("the state of a step that is done is kept: %s", run.Stack[0].State)
	}
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
