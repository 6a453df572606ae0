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
