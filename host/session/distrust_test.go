package session_test

import (
	"testing"
	"time"

	"github.com/acrhost/acrhost/host/journey"
	"github.com/acrhost/acrhost/host/session"
	"github.com/acrhost/acrhost/host/store/memory"
	"github.com/acrhost/acrhost/sdk/go/abi"
)

// What was verified before the password changed counts in no login that is under way,
// but in the one in which it was changed; what is verified after does.
func TestDistrust(t *testing.T) {
	now := time.Date(2026, 11, 23, 7, 0, 0, 0, time.UTC)
	clock := func() time.Time { return now }
	s := &session.Store{Artifacts: memory.NewWithClock(clock), Now: clock}
	run := func(id, user string, at time.Time, fromSession bool) *journey.Run {
		return &journey.Run{ID: id, Subject: &abi.Subject{ID: user}, Evid: []journey.Evidence{{Method: "pwd", AMR: []string{"pwd"}, At: at, Session: fromSession}}}
	}
	trusted := func(r *journey.Run) bool {
		ok, err := s.Trusted(t.Context(), r)
		if err != nil {
			t.Fatal(err)
		}
		return ok
	}
	before := now
	if !trusted(run("r1", "alice", before, false)) {
		t.Error("nothing happened yet")
	}
	for n := range 3 {
		if _, _, err := s.Renew(t.Context(), nil, "alice", session.Place{}, nil); err != nil {
			t.Fatal(n, err)
		}
	}
	now = now.Add(time.Minute)
	if n, err := s.Distrust(t.Context(), "alice", "", "r2"); err != nil || n != 3 {
		t.Errorf("ended %d: %v", n, err)
	}
	for name, row := range map[string]struct {
		run  *journey.Run
		want bool
	}{
		"before":            {run("r1", "alice", before, false), false},
		"before, this run":  {run("r2", "alice", before, false), true},
		"after":             {run("r1", "alice", now.Add(time.Second), false), true},
		"from a session":    {run("r1", "alice", before, true), true}, // that is the session's affair
		"another user's":    {run("r1", "bob", before, false), true},
		"nobody identified": {&journey.Run{ID: "r1"}, true},
	} {
		if trusted(row.run) != row.want {
			t.Errorf("%s: not %v", name, row.want)
		}
	}
	now = now.Add(time.Minute)
	if _, err := s.Distrust(t.Context(), "alice", "", ""); err != nil {
		t.Fatal(err)
	}
	if trusted(run("r2", "alice", before, false)) {
		t.Error("the second time, the run of the first one is trusted")
	}
}
