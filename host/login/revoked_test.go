package login_test

import (
	"strings"
	"testing"

	"github.com/acrhost/acrhost/host/journey"
	"github.com/acrhost/acrhost/host/store"
	"github.com/acrhost/acrhost/sdk/go/abi"
)

func (r *rig) revokeModule(digest string) {
	r.t.Helper()
	r.flow.Sessions.Modules = r.store
	if _, err := r.store.RevokeModule(r.t.Context(), store.RevokedModule{Digest: digest, At: r.clock.now()}); err != nil {
		r.t.Fatal(err)
	}
}

// Attack: a login waits at a page while the module that it rests on is revoked. It is over
// with the next answer: no step runs, and nobody is signed in.
func TestModuleIsRevokedMeanwhile(t *testing.T) {
	for name, rest := range map[string]func(*journey.Run){
		"it ran in the login":   func(run *journey.Run) { run.Modules = []string{"sha256:bad"} },
		"it verified something": func(run *journey.Run) { run.Evid = []journey.Evidence{{Method: "x", Digest: "sha256:bad"}} },
		"it verified for the session": func(run *journey.Run) {
			run.Evid = []journey.Evidence{{Method: "x", Digest: "sha256:bad", Session: true}}
			run.Subject = &abi.Subject{ID: "u_alice", Username: "alice"}
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			b := r.browser()
			r.signIn(b, "alice")
			before := cookie(b, sessionCookie)
			r.request.IgnoreEvidence = true
			r.journeys.first = func(run *journey.Run) {
				run.Prompt = codePrompt()
				rest(run)
			}
			p := r.get(b, "/start")
			ran := len(r.journeys.answers)
			r.revokeModule("sha256:bad")
			p = r.submit(b, p, "code", "123456")
			if p.Params().Get("error") != "server_error" || len(r.journeys.answers) != ran || cookie(b, sessionCookie) != before {
				t.Errorf("at %s, %d steps ran", p.URL, len(r.journeys.answers)-ran)
			}
			end := r.finisher.all()[len(r.finisher.all())-1].Run.End
			if !strings.Contains(end.Reason, "acrhost grants allow sha256:bad") {
				t.Errorf("end %+v", end)
			}
		})
	}
}

// A login that rests on a revoked module from the start shows no page; one that comes to
// it ends there.
func TestModuleWasRevoked(t *testing.T) {
	r := newRig(t)
	r.revokeModule("sha256:bad")
	b := r.browser()
	r.journeys.first = func(run *journey.Run) {
		run.Prompt, run.Modules = codePrompt(), []string{"sha256:bad"}
	}
	if p := r.get(b, "/start"); p.Params().Get("error") != "server_error" {
		t.Errorf("at %s", p.URL)
	}
	r.journeys.first = nil
	r.journeys.step = func(run *journey.Run, _ string) { run.Modules = []string{"sha256:bad"} }
	if p := r.submit(b, r.begin(b), "username", "alice", "password", "secret"); p.Params().Get("error") != "server_error" {
		t.Errorf("at %s", p.URL)
	}
	if cookie(b, sessionCookie) != "" {
		t.Error("a session began")
	}
}

// What a session has from a revoked module does not count for the next login.
func TestSessionOfARevokedModule(t *testing.T) {
	r := newRig(t)
	b := r.browser()
	r.journeys.step = func(run *journey.Run, question string) {
		if question == "code" {
			for i := range run.Evid {
				run.Evid[i].Digest = "sha256:bad"
			}
		}
	}
	r.signIn(b, "alice")
	r.revokeModule("sha256:bad")
	r.get(b, "/start")
	last := r.journeys.started[len(r.journeys.started)-1]
	for _, e := range last.Evidence {
		if e.Digest == "sha256:bad" {
			t.Errorf("evidence %+v", last.Evidence)
		}
	}
}
