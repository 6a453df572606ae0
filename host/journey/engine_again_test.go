package journey_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/acrhost/acrhost/host/acr"
	"github.com/acrhost/acrhost/host/journey"
	"github.com/acrhost/acrhost/sdk/go/abi"
)

// factorStep asks for a factor unless its evidence counts.
func factorStep(amr string) act {
	return func(in abi.Input) (journey.Output, error) {
		for _, e := range in.Evidence {
			if e.Method == amr {
				return ok(), nil
			}
		}
		if in.Form == nil {
			return journey.Output{Output: abi.Output{Prompt: &abi.Prompt{Title: amr}}}, nil
		}
		o := ok()
		o.Evidence = []journey.Evidence{{Method: amr, AMR: []string{amr}}}
		return o, nil
	}
}

// TestLevelAsksForWhatIsTooOld: each piece of a session's evidence counts for a level
// as long as the level says; what is too old is asked for again, and nothing else is.
func TestLevelAsksForWhatIsTooOld(t *testing.T) {
	for name, row := range map[string]struct {
		pwd, otp time.Duration // ages of the session's evidence
		level    time.Duration
		silent   bool
		asked    string
		end      string
	}{
		"both young":          {pwd: time.Hour, otp: time.Hour, level: 2 * time.Hour, end: "@success"},
		"exactly as old":      {pwd: 2 * time.Hour, otp: time.Hour, level: 2 * time.Hour, end: "@success"},
		"password too old":    {pwd: 3 * time.Hour, otp: time.Hour, level: 2 * time.Hour, asked: "pwd", end: "@success"},
		"code too old":        {pwd: time.Hour, otp: 3 * time.Hour, level: 2 * time.Hour, asked: "otp", end: "@success"},
		"both too old":        {pwd: 3 * time.Hour, otp: 3 * time.Hour, level: 2 * time.Hour, asked: "pwd otp", end: "@success"},
		"too old, in silence": {pwd: 3 * time.Hour, otp: time.Hour, level: 2 * time.Hour, silent: true, end: "@error:interaction_required"},
		"no limit":            {pwd: 300 * time.Hour, otp: 300 * time.Hour, end: "@success"},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, steps{"pwd": factorStep("pwd"), "otp": factorStep("otp"), "set": setACR(`"2"`)}, line("pwd", "otp", "set"))
			b.Levels = acr.Levels{Levels: map[string]acr.Level{"2": {Requires: [][]string{{"pwd", "otp"}}, MaxAge: row.level}}}
			s := request()
			s.Interactive = !row.silent
			s.Subject = &abi.Subject{ID: "alice", Username: "alice"}
			s.Evidence = []journey.Evidence{
				{Method: "pwd", AMR: []string{"pwd"}, At: began.Add(-row.pwd)},
				{Method: "otp", AMR: []string{"otp"}, At: began.Add(-row.otp)},
			}
			run := b.start(t, s)
			var asked []string
			for run.End == nil {
				asked = append(asked, run.Prompt.Title)
				b.answer(t, run, map[string]string{})
			}
			if run.End.Terminal != row.end || strings.Join(asked, " ") != row.asked {
				t.Errorf("asked %q, ended %+v, want %q, %s", asked, run.End, row.asked, row.end)
			}
			if row.end == journey.Success && (run.ACR == nil || *run.ACR != "2") {
				t.Errorf("acr %v", run.ACR)
			}
		})
	}
}

// TestLevelAsksForNothingElse: what is as old and not what the level needs stays, and so
// does what another provider said.
func TestLevelAsksForNothingElse(t *testing.T) {
	b := newBench(t, steps{
		"up": factorStep("upstream:acme"), "otp": factorStep("otp"), "pwd": factorStep("pwd"), "set": setACR(`"p"`),
		"map": func(in abi.Input) (journey.Output, error) {
			if in.Upstream["acme"].Claims["team"] != "red" {
				t.Errorf("upstream %+v", in.Upstream)
			}
			return ok(), nil
		},
	}, line("up", "pwd", "otp", "map", "set"))
	b.Levels = acr.Levels{Levels: map[string]acr.Level{"p": {Requires: [][]string{{"pwd"}}, MaxAge: time.Hour}}}
	s := request()
	s.Subject = &abi.Subject{ID: "alice", Username: "alice"}
	old := began.Add(-3 * time.Hour)
	s.Evidence = []journey.Evidence{
		{Method: "pwd", AMR: []string{"pwd"}, At: old}, {Method: "otp", AMR: []string{"otp"}, At: old},
		{Method: "upstream:acme", AMR: []string{"fpt"}, At: old, Upstream: &journey.Brought{Provider: "acme", Upstream: abi.Upstream{Claims: map[string]any{"team": "red"}}}},
	}
	run := b.start(t, s)
	var asked []string
	for run.End == nil {
		asked = append(asked, run.Prompt.Title)
		b.answer(t, run, map[string]string{})
	}
	wantEnd(t, run, journey.Success, "", "")
	if diff := cmp.Diff([]string{"pwd"}, asked); diff != "" {
		t.Errorf("asked: %s", diff)
	}
}

// TestLevelAsksForOneOfItsSets: where any of several sets will do, the one that takes the
// fewest pieces anew is asked for, and of it what is too old.
func TestLevelAsksForOneOfItsSets(t *testing.T) {
	key, code := []string{"hwk"}, []string{"pwd", "otp"}
	for name, row := range map[string]struct {
		requires      [][]string
		pwd, otp, hwk time.Duration // ages of the session's evidence
		asked         string
	}{
		"a key or a code, all too old":         {[][]string{key, code}, 9 * time.Hour, 9 * time.Hour, 9 * time.Hour, "hwk"},
		"a code or a key, all too old":         {[][]string{code, key}, 9 * time.Hour, 9 * time.Hour, 9 * time.Hour, "hwk"},
		"two ways as long: the first":          {[][]string{code, key}, 9 * time.Hour, time.Hour, 9 * time.Hour, "pwd"},
		"two ways as long: the first is a key": {[][]string{key, code}, 9 * time.Hour, time.Hour, 9 * time.Hour, "hwk"},
		"a code is young":                      {[][]string{key, code}, time.Hour, time.Hour, 9 * time.Hour, ""},
		"two factors of three":                 {[][]string{{"mfa"}}, 9 * time.Hour, 9 * time.Hour, 9 * time.Hour, "pwd otp"},
		"two factors, one is young":            {[][]string{{"mfa"}}, time.Hour, 9 * time.Hour, 9 * time.Hour, "otp"},
		"two factors, another is young":        {[][]string{{"mfa"}}, 9 * time.Hour, 9 * time.Hour, time.Hour, "pwd"},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, steps{"pwd": factorStep("pwd"), "otp": factorStep("otp"), "hwk": factorStep("hwk"), "set": setACR(`"2.5"`)}, line("pwd", "otp", "hwk", "set"))
			b.Levels = acr.Levels{Levels: map[string]acr.Level{"2.5": {Requires: row.requires, MaxAge: 8 * time.Hour}}}
			s := request()
			s.Subject = &abi.Subject{ID: "alice", Username: "alice"}
			for _, e := range []struct {
				amr string
				age time.Duration
			}{{"pwd", row.pwd}, {"otp", row.otp}, {"hwk", row.hwk}} {
				s.Evidence = append(s.Evidence, journey.Evidence{Method: e.amr, AMR: []string{e.amr}, At: began.Add(-e.age)})
			}
			run := b.start(t, s)
			var asked []string
			for run.End == nil {
				asked = append(asked, run.Prompt.Title)
				b.answer(t, run, map[string]string{})
			}
			wantEnd(t, run, journey.Success, "", "")
			if got := strings.Join(asked, " "); got != row.asked {
				t.Errorf("asked %q, want %q", got, row.asked)
			}
		})
	}
}

// TestLevelAsksForAKeyThatIsTwoFactors: a piece that is enough by itself is asked for, and
// not two others.
func TestLevelAsksForAKeyThatIsTwoFactors(t *testing.T) {
	key := func(in abi.Input) (journey.Output, error) {
		out, err := factorStep("passkey")(in)
		for i := range out.Evidence {
			out.Evidence[i].AMR = []string{"hwk", "mfa"}
		}
		return out, err
	}
	b := newBench(t, steps{"pwd": factorStep("pwd"), "otp": factorStep("otp"), "key": key, "set": setACR(`"2.5"`)}, line("pwd", "otp", "key", "set"))
	b.Levels = acr.Levels{Levels: map[string]acr.Level{"2.5": {Requires: [][]string{{"mfa"}}, MaxAge: time.Hour}}}
	s := request()
	s.Subject = &abi.Subject{ID: "alice", Username: "alice"}
	old := began.Add(-3 * time.Hour)
	s.Evidence = []journey.Evidence{
		{Method: "pwd", AMR: []string{"pwd"}, At: old}, {Method: "otp", AMR: []string{"otp"}, At: old}, {Method: "passkey", AMR: []string{"hwk", "mfa"}, At: old},
	}
	run := b.start(t, s)
	if run.Prompt == nil || run.Prompt.Title != "passkey" {
		t.Fatalf("asked %+v", run.Prompt)
	}
	b.answer(t, run, map[string]string{})
	wantEnd(t, run, journey.Success, "", "")
}

// TestLevelIsNotMetByAge: what was never verified is a violation, however young the
// rest is; there is no second round.
func TestLevelIsNotMetByAge(t *testing.T) {
	calls := 0
	b := newBench(t, steps{"pwd": factorStep("pwd"), "set": func(in abi.Input) (journey.Output, error) {
		calls++
		return setACR(`"2"`)(in)
	}}, line("pwd", "set"))
	b.Levels = acr.Levels{Levels: map[string]acr.Level{"2": {Requires: [][]string{{"hwk"}}, MaxAge: time.Hour}}}
	s := request()
	s.Subject = &abi.Subject{ID: "alice", Username: "alice"}
	s.Evidence = []journey.Evidence{{Method: "pwd", AMR: []string{"pwd"}, At: began.Add(-3 * time.Hour)}}
	run := b.start(t, s)
	wantEnd(t, run, "@error:server_error", "server_error", "grant_violation")
	if calls != 1 {
		t.Errorf("%d rounds", calls)
	}
}

// TestStartAgainForgetsWhatItsStepsDid: variables and values of the first round are
// gone; what was verified in this run is not asked for twice.
func TestStartAgainForgetsWhatItsStepsDid(t *testing.T) {
	var seen []any
	b := newBench(t, steps{
		"otp": factorStep("otp"), "pwd": factorStep("pwd"), "set": setACR(`"2"`),
		"look": func(in abi.Input) (journey.Output, error) {
			seen = append(seen, in.Vars["x"], in.ACR.Set, in.Call.Attempt)
			return journey.Output{Output: abi.Output{Outcome: "ok", Vars: map[string]any{"x": 1.0}, ACR: []byte(`"1"`)}}, nil
		},
	}, line("look", "otp", "pwd", "set"))
	b.Levels = acr.Levels{Levels: map[string]acr.Level{"2": {Requires: [][]string{{"pwd", "otp"}}, MaxAge: time.Hour}}}
	s := request()
	s.Subject = &abi.Subject{ID: "alice", Username: "alice"}
	s.Evidence = []journey.Evidence{{Method: "pwd", AMR: []string{"pwd"}, At: began.Add(-3 * time.Hour)}}
	run := b.start(t, s)
	var asked []string
	for run.End == nil {
		asked = append(asked, run.Prompt.Title)
		b.answer(t, run, map[string]string{})
	}
	wantEnd(t, run, journey.Success, "", "")
	if diff := cmp.Diff([]string{"otp", "pwd"}, asked); diff != "" {
		t.Errorf("asked: %s", diff)
	}
	if diff := cmp.Diff([]any{nil, false, 1, nil, false, 1}, seen); diff != "" {
		t.Errorf("each round: %s", diff)
	}
}

// TestViolationIsKept: an on_error does not hide that a step claimed too much.
func TestViolationIsKept(t *testing.T) {
	d := line("pwd", "claim", "set")
	d.Steps["claim"].OnError = "set"
	b := newBench(t, steps{"pwd": login("pwd"), "claim": setACR(`"phr"`), "set": setACR(`"1"`)}, d)
	b.Levels = acr.Levels{Levels: map[string]acr.Level{"phr": {Requires: [][]string{{"hwk"}}}}}
	run := b.start(t, request())
	wantEnd(t, run, journey.Success, "", "")
	if len(run.Violations) != 1 || run.Violations[0].Step != "claim" || run.Violations[0].Digest != "sha256:d" || !strings.Contains(run.Violations[0].Message, "hwk") {
		t.Errorf("violations %+v", run.Violations)
	}
	if run.ACR == nil || *run.ACR != "1" {
		t.Errorf("acr %v", run.ACR)
	}
}

// TestAnUndeclaredCapabilityIsKept: that a step called what it does not declare is a
// violation, whether it made do without or failed, and whatever the journey made of that.
func TestAnUndeclaredCapabilityIsKept(t *testing.T) {
	tried := journey.Output{Digest: "sha256:d", Undeclared: []string{"http_fetch", "otp_send"}}
	tried.Outcome = "ok"
	d := line("quiet", "fails", "set")
	d.Steps["fails"].OnError = "set"
	b := newBench(t, steps{
		"quiet": func(abi.Input) (journey.Output, error) { return tried, nil },
		"fails": func(abi.Input) (journey.Output, error) {
			return journey.Output{Digest: "sha256:d", Undeclared: []string{"kv_get"}}, &journey.StepError{Class: "guest_error"}
		},
		"set": setACR(`"1"`),
	}, d)
	run := b.start(t, request())
	var got []string
	for _, v := range run.Violations {
		got = append(got, v.Step+" "+v.Digest+" "+v.Message)
	}
	says := func(step, name string) string {
		return step + ` sha256:d capability: "` + name + `" was called, and the step type does not declare it`
	}
	if diff := cmp.Diff([]string{says("quiet", "http_fetch"), says("quiet", "otp_send"), says("fails", "kv_get")}, got); diff != "" {
		t.Errorf("violations (-want +got):\n%s", diff)
	}
}
