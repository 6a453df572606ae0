package journey_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/acrhost/acrhost/host/acr"
	"github.com/acrhost/acrhost/host/journey"
	"github.com/acrhost/acrhost/sdk/go/abi"
)

// maxAge is a bench for pwd, page, set, and a request of alice's with a max_age.
func maxAge(t *testing.T, s steps, seconds int64) (*bench, journey.StartRequest) {
	t.Helper()
	q := request()
	q.Request.MaxAge = &seconds
	q.Subject = &abi.Subject{ID: "alice", Username: "alice"}
	return newBench(t, s, line("pwd", "page", "set")), q
}

// TestMaxAgeAtTheEnd: the session's evidence must be young enough when the client is
// answered, too: who lingers on a page is asked again. What was verified in the run counts.
func TestMaxAgeAtTheEnd(t *testing.T) {
	for name, row := range map[string]struct {
		session time.Duration // age of the session's password; 0: none
		linger  time.Duration
		asked   string
	}{
		"young all the time":         {session: 10 * time.Second, linger: 50 * time.Second, asked: "page"},
		"too old at the end":         {session: 10 * time.Second, linger: 51 * time.Second, asked: "page pwd page"},
		"verified in this very run":  {linger: 10 * time.Minute, asked: "pwd page"},
		"just in time, and no pause": {session: time.Minute, asked: "page"},
	} {
		t.Run(name, func(t *testing.T) {
			b, s := maxAge(t, steps{"pwd": factorStep("pwd"), "page": askTitled("page"), "set": setACR(`"1"`)}, 60)
			if row.session > 0 {
				s.Evidence = []journey.Evidence{{Method: "pwd", AMR: []string{"pwd"}, At: began.Add(-row.session)}}
			}
			run := b.start(t, s)
			var asked []string
			for run.End == nil {
				asked = append(asked, run.Prompt.Title)
				if run.Prompt.Title == "page" && len(asked) <= 2 {
					b.clock = b.clock.Add(row.linger)
				}
				b.answer(t, run, map[string]string{})
			}
			wantEnd(t, run, journey.Success, "", "")
			if got := strings.Join(asked, " "); got != row.asked {
				t.Errorf("asked %q, want %q", got, row.asked)
			}
			if row.session > 0 && b.clock.Sub(run.AuthTime()) > time.Minute {
				t.Errorf("auth_time is %s old", b.clock.Sub(run.AuthTime()))
			}
		})
	}
}

// askTitled asks once in each visit.
func askTitled(title string) act {
	return func(in abi.Input) (journey.Output, error) {
		if in.Form == nil {
			return journey.Output{Output: abi.Output{Prompt: &abi.Prompt{Title: title}}}, nil
		}
		return ok(), nil
	}
}

// TestLevelAtTheEnd: what grew too old for its level after the acr was set is asked for again.
func TestLevelAtTheEnd(t *testing.T) {
	b := newBench(t, steps{"pwd": factorStep("pwd"), "set": setACR(`"2"`), "page": askTitled("page")}, line("pwd", "set", "page"))
	b.Levels = acr.Levels{Levels: map[string]acr.Level{"2": {Requires: [][]string{{"pwd"}}, MaxAge: time.Minute}}}
	s := request()
	s.Subject = &abi.Subject{ID: "alice", Username: "alice"}
	s.Evidence = []journey.Evidence{{Method: "pwd", AMR: []string{"pwd"}, At: began.Add(-50 * time.Second)}}
	run := b.start(t, s)
	var asked []string
	for run.End == nil {
		asked = append(asked, run.Prompt.Title)
		b.clock = b.clock.Add(20 * time.Second)
		b.answer(t, run, map[string]string{})
	}
	wantEnd(t, run, journey.Success, "", "")
	if got := strings.Join(asked, " "); got != "page pwd page" {
		t.Errorf("asked %q", got)
	}
}

// TestLoginThereIsTooOld: a login at another provider that a level finds too old is asked
// for anew, once; a provider that answers with the old one all the same gets no level.
func TestLoginThereIsTooOld(t *testing.T) {
	for name, row := range map[string]struct {
		obeys bool
		sets  bool
		calls int
		end   string
	}{
		"the provider signs the user in anew": {obeys: true, calls: 2, end: journey.Success},
		"attack: it does not":                 {calls: 2, end: "@error:server_error"},
		"anew, and the login sets the acr":    {obeys: true, sets: true, calls: 2, end: journey.Success},
		"attack: not anew, and it sets it":    {sets: true, calls: 2, end: "@error:server_error"},
	} {
		t.Run(name, func(t *testing.T) {
			there := &provider{obeys: row.obeys, sets: row.sets, old: began.Add(-time.Hour)}
			b := newBench(t, there, line("there", "set"))
			b.Levels = acr.Levels{Levels: map[string]acr.Level{"2": {Requires: [][]string{{"pwd"}}, MaxAge: time.Minute}}}
			run := b.start(t, request())
			if run.End == nil || run.End.Terminal != row.end || there.calls != row.calls {
				t.Errorf("ended %+v after %d logins there", run.End, there.calls)
			}
		})
	}
}

// provider is another provider, which remembers the user.
type provider struct {
	obeys bool
	sets  bool // the acr comes with the login
	old   time.Time
	calls int
}

func (p *provider) Run(_ context.Context, c journey.Call) (journey.Output, error) {
	if c.Input.Call.Step == "set" {
		return setACR(`"2"`)(c.Input)
	}
	out, err := p.signIn(c)
	if p.sets {
		out.ACR = []byte(`"2"`)
	}
	return out, err
}

func (p *provider) signIn(c journey.Call) (journey.Output, error) {
	for _, e := range c.Input.Evidence {
		if e.Method == "upstream:acme" {
			return ok(), nil
		}
	}
	p.calls++
	at := p.old
	if len(c.Anew) == 1 && c.Anew[0] == "acme" && p.obeys {
		at = began
	}
	return signsIn(abroad(at, false))(c.Input)
}

// TestAssertedEvidenceDoesNotMoveAuthTime: a granted module that knows the device again in
// each login must not make the password look new.
func TestAssertedEvidenceDoesNotMoveAuthTime(t *testing.T) {
	device := say(abi.Output{Outcome: "ok", Evidence: []abi.Asserted{{Method: "device", AMR: []string{"user"}}}})
	again := say(abi.Output{Outcome: "ok", Evidence: []abi.Asserted{{Method: "pwd", AMR: []string{"pwd"}}}})
	b := newBench(t, steps{"device": device, "again": again}, line("device", "again"))
	s := request()
	s.Subject = &abi.Subject{ID: "alice", Username: "alice"}
	verified := began.Add(-time.Hour)
	s.Evidence = []journey.Evidence{{Method: "pwd", AMR: []string{"pwd"}, At: verified}}
	run := b.start(t, s)
	wantEnd(t, run, journey.Success, "", "")
	if got := run.AuthTime(); !got.Equal(verified) || len(run.Evid) != 3 {
		t.Errorf("auth_time %s of %+v", got, run.Evid)
	}
	// Where nobody else saw anything, it is all that there is.
	s.Evidence = nil
	b = newBench(t, steps{"device": device}, line("device"))
	s.Subject = nil
	run = b.start(t, s)
	if got := run.AuthTime(); !got.Equal(began) {
		t.Errorf("auth_time %s of %+v", got, run.Evid)
	}
}
