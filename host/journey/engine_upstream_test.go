package journey_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/acrhost/acrhost/host/journey"
	"github.com/acrhost/acrhost/sdk/go/abi"
)

// abroad is a login at another provider, some time ago, worth pwd by configuration or
// by its word.
func abroad(at time.Time, static bool) journey.Evidence {
	said := abi.Upstream{Claims: map[string]any{"sub": "1"}, AMR: []string{"pwd"}}
	return journey.Evidence{Method: "upstream:acme", AMR: said.AMR, At: at, Upstream: &journey.Brought{Upstream: said, Provider: "acme", Static: static}}
}

// signsIn is a step that signs alice in there.
func signsIn(e journey.Evidence) act {
	return func(abi.Input) (journey.Output, error) {
		return journey.Output{
			Output: abi.Output{Outcome: "ok"}, Subject: &abi.Subject{ID: "u_alice", Username: "alice", Claims: map[string]any{}},
			Evidence: []journey.Evidence{e}, Upstream: map[string]abi.Upstream{"acme": e.Upstream.Upstream},
		}, nil
	}
}

// Static amr gives way to what a step sets; what the provider said itself does not.
func TestStaticAMRGivesWay(t *testing.T) {
	for _, tt := range []struct {
		name   string
		static bool
		sets   []string
		want   []string
	}{
		{"static alone", true, nil, []string{"pwd"}},
		{"static, and a step sets", true, []string{"face"}, []string{"face"}},
		{"its word, and a step sets", false, []string{"face"}, []string{"pwd", "face"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := newBench(t, steps{"there": signsIn(abroad(time.Time{}, tt.static)), "map": say(abi.Output{Outcome: "ok", AMR: tt.sets})}, line("there", "map"))
			run := b.start(t, request())
			if diff := cmp.Diff(tt.want, run.AllAMR()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// A login there counts from its own time on, and from no time to come; any other
// evidence from now.
func TestTimeOfALoginThere(t *testing.T) {
	now := newBench(t, steps{"there": nil}, line("there")).Now()
	for name, tt := range map[string]struct{ at, want time.Time }{
		"an hour ago": {now.Add(-time.Hour), now.Add(-time.Hour)}, "in an hour": {now.Add(time.Hour), now}, "not said": {time.Time{}, now},
	} {
		b := newBench(t, steps{"there": signsIn(abroad(tt.at, false))}, line("there"))
		if got := b.start(t, request()).Evid[0].At; !got.Equal(tt.want.UTC().Truncate(time.Millisecond)) {
			t.Errorf("%s: %s, want %s", name, got, tt.want)
		}
	}
	// Evidence of our own is from now, whatever it says.
	there := newBench(t, steps{"there": func(in abi.Input) (journey.Output, error) {
		out, err := signsIn(abroad(now, false))(in)
		out.Evidence = []journey.Evidence{{Method: "pwd", AMR: []string{"pwd"}, At: now.Add(-time.Hour)}}
		return out, err
	}}, line("there"))
	if got := there.start(t, request()).Evid[0].At; !got.Equal(now.UTC().Truncate(time.Millisecond)) {
		t.Errorf("evidence of our own is from %s", got)
	}
}

// What was said there lives as long as the evidence of the session.
func TestSessionBringsClaims(t *testing.T) {
	var seen []abi.Input
	b := newBench(t, steps{"see": func(in abi.Input) (journey.Output, error) {
		seen = append(seen, in)
		return journey.Output{Output: abi.Output{Outcome: "ok"}}, nil
	}}, line("see"))
	s := request()
	s.Subject = &abi.Subject{ID: "u_alice", Username: "alice", Claims: map[string]any{}}
	s.Evidence = []journey.Evidence{abroad(b.Now(), true)}
	b.start(t, s)
	s.Subject = nil // whose evidence it is is not known
	b.start(t, s)
	if seen[0].Upstream["acme"].Claims["sub"] != "1" || len(seen[1].Upstream) != 0 {
		t.Errorf("seen %+v and %+v", seen[0].Upstream, seen[1].Upstream)
	}
}

// TestLoginThereIsHeldToTheRequest: what a provider remembers counts under prompt=login and
// max_age only as far as they allow. It is asked for a new login, once, whatever the step
// did with what the client asked for; an old one all the same leads to no code.
func TestLoginThereIsHeldToTheRequest(t *testing.T) {
	for name, row := range map[string]struct {
		prompt []string
		maxAge *int64
		ago    time.Duration // how old the first login there is
		obeys  bool
		calls  int
		end    string
	}{
		"nothing asked":                         {ago: 5 * time.Hour, calls: 1, end: journey.Success},
		"max_age":                               {maxAge: new(int64(60)), ago: 61 * time.Second, obeys: true, calls: 2, end: journey.Success},
		"max_age, just young enough":            {maxAge: new(int64(60)), ago: time.Minute, calls: 1, end: journey.Success},
		"attack: max_age is left unread":        {maxAge: new(int64(60)), ago: 5 * time.Hour, calls: 2, end: journey.Failure},
		"attack: max_age is left unread, a bit": {maxAge: new(int64(10)), ago: 61 * time.Second, calls: 2, end: journey.Failure},
		"prompt=login":                          {prompt: []string{"login"}, ago: 5 * time.Hour, obeys: true, calls: 2, end: journey.Success},
		"prompt=login, its clock is behind":     {prompt: []string{"login"}, ago: 50 * time.Second, calls: 1, end: journey.Success},
		"attack: prompt=login is left unread":   {prompt: []string{"login"}, ago: 5 * time.Hour, calls: 2, end: journey.Failure},
		"max_age=0, its clock is behind":        {maxAge: new(int64(0)), ago: 50 * time.Second, calls: 1, end: journey.Success},
		"attack: max_age=0 is left unread":      {maxAge: new(int64(0)), ago: 5 * time.Hour, calls: 2, end: journey.Failure},
	} {
		t.Run(name, func(t *testing.T) {
			there := &provider{obeys: row.obeys, old: began.Add(-row.ago)}
			q := request()
			q.Request.Prompt, q.Request.MaxAge = row.prompt, row.maxAge
			run := newBench(t, there, line("there")).start(t, q)
			if run.End == nil || run.End.Terminal != row.end || there.calls != row.calls {
				t.Errorf("ended %+v after %d logins there", run.End, there.calls)
			}
		})
	}
}
