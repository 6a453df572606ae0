package journey_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/acrhost/acrhost/host/journey"
	"github.com/acrhost/acrhost/sdk/go/abi"
)

// by makes an act the answer of a module of its own.
func by(digest string, do act) act {
	return func(in abi.Input) (journey.Output, error) {
		out, err := do(in)
		out.Digest = digest
		return out, err
	}
}

// TestRestsOn: an acr rests on every module that was called before it, also on one that
// set nothing, that failed, or that verified something in an earlier run; and on none of
// what the session no longer has.
func TestRestsOn(t *testing.T) {
	d := line("look", "fails", "pwd", "set", "after")
	d.Steps["fails"].OnError = "pwd"
	b := newBench(t, steps{
		"look":  by("sha256:look", say(abi.Output{Outcome: "ok"})),
		"fails": func(abi.Input) (journey.Output, error) { return journey.Output{}, &journey.StepError{Class: "trap"} },
		"pwd":   by("sha256:pwd", login("pwd")),
		"set":   by("sha256:set", setACR(`"2"`)),
		"after": by("sha256:after", say(abi.Output{Outcome: "ok"})),
	}, d)
	s := request()
	s.Subject = &abi.Subject{ID: "alice", Username: "alice"}
	s.Evidence = []journey.Evidence{
		{Method: "otp", AMR: []string{"otp"}, At: began.Add(-time.Hour), Digest: "sha256:earlier"},
		{Method: "pwd", AMR: []string{"pwd"}, At: began.Add(-time.Hour), Digest: "sha256:replaced"},
	}
	run := b.start(t, s)
	wantEnd(t, run, journey.Success, "", "")
	want := []string{"sha256:after", "sha256:earlier", "sha256:look", "sha256:pwd", "sha256:set", "sha256:t/any"}
	if diff := cmp.Diff(want, run.RestsOn()); diff != "" {
		t.Error(diff)
	}
}

// TestRestsOnWhatRanBeforeANewStart: a journey that began anew still rests on what led
// it there.
func TestRestsOnWhatRanBeforeANewStart(t *testing.T) {
	b, s := maxAge(t, steps{"pwd": factorStep("pwd"), "page": by("sha256:page", ask(abi.Output{Outcome: "ok"})), "set": setACR(`"1"`)}, 60)
	s.Evidence = []journey.Evidence{{Method: "pwd", AMR: []string{"pwd"}, At: began.Add(-30 * time.Second)}}
	run := b.start(t, s)
	b.clock = began.Add(time.Hour / 6)
	for run.End == nil {
		b.answer(t, run, map[string]string{"code": "1"})
	}
	if diff := cmp.Diff([]string{"sha256:d", "sha256:page", "sha256:t/any"}, run.RestsOn()); diff != "" {
		t.Error(diff)
	}
}
