package login_test

import (
	"net/http"
	"testing"

	"github.com/acrhost/acrhost/host/journey"
	"github.com/acrhost/acrhost/host/store"
)

// Two kinds of logins share a Flow: each ends with who began it.
func TestTwoFinishers(t *testing.T) {
	r := newRig(t)
	other := &finisher{mode: "query"}
	r.flow.Finishers["other"] = other
	b := r.browser()
	r.signIn(b, "alice")
	r.request.For, r.request.IgnoreEvidence = "other", true
	r.signIn(b, "alice")
	if len(r.finisher.all()) != 1 || len(other.all()) != 1 {
		t.Errorf("the first finished %d logins, the other %d", len(r.finisher.all()), len(other.all()))
	}
}

// A login that nobody finishes does not begin, and one that nobody finishes any more
// signs nobody in.
func TestNobodyFinishes(t *testing.T) {
	for _, name := range []string{"", "nobody"} {
		r := newRig(t)
		r.request.For = name
		r.see(r.get(r.browser(), "/start"), http.StatusTeapot, "nobody finishes")
	}
	r := newRig(t)
	b := r.browser()
	p := r.submit(b, r.begin(b), "username", "alice", "password", "secret")
	delete(r.flow.Finishers, "client")
	r.see(r.submit(b, p, "code", "123456"), http.StatusInternalServerError, "could not be finished")
	if cookie(b, sessionCookie) != "" {
		t.Error("a session began")
	}
}

// A thief with a stolen session begins a run that lives on its evidence, such as one
// that adds a factor. Once the owner has signed the session out, no step of it runs.
func TestSignedOutSessionEndsItsRuns(t *testing.T) {
	for name, after := range map[string]func(*rig, string){
		"signed out": func(r *rig, key string) {
			if _, err := r.store.Take(r.t.Context(), store.Session, key); err != nil {
				r.t.Fatal(err)
			}
		},
		"another user's now": func(r *rig, key string) {
			stored, err := r.store.Get(r.t.Context(), store.Session, key)
			if err != nil {
				r.t.Fatal(err)
			}
			stored.Data = []byte(`{"user_id":"u_bob"}`)
			if _, err := r.store.Put(r.t.Context(), stored); err != nil {
				r.t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			b := r.browser()
			r.signIn(b, "alice")
			r.journeys.first = asksAgain
			p := r.get(b, "/start")
			ran := len(r.journeys.answers)
			after(r, store.Key(cookie(b, sessionCookie)))
			p = r.submit(b, p, "code", "123456")
			if p.Params().Get("error") != "access_denied" || len(r.journeys.answers) != ran {
				t.Errorf("at %s, %d answers", p.URL, len(r.journeys.answers)-ran)
			}
		})
	}
}

// Who signs in in a second tab meanwhile, under a new session of the same user, goes on.
func TestRenewedSessionKeepsItsRuns(t *testing.T) {
	r := newRig(t)
	b := r.browser()
	r.signIn(b, "alice")
	r.journeys.first = asksAgain
	p := r.get(b, "/start")
	r.journeys.first, r.request.IgnoreEvidence = nil, true
	r.signIn(b, "alice")
	r.atClient(r.submit(b, p, "code", "123456"))
}

// A run of somebody who signs in anew does not need the session that was there.
func TestFreshLoginNeedsNoSession(t *testing.T) {
	r := newRig(t)
	b := r.browser()
	r.signIn(b, "alice")
	r.request.IgnoreEvidence = true
	p := r.submit(b, r.begin(b), "username", "alice", "password", "secret")
	if _, err := r.store.Take(t.Context(), store.Session, store.Key(cookie(b, sessionCookie))); err != nil {
		t.Fatal(err)
	}
	r.atClient(r.submit(b, p, "code", "123456"))
}

// asksAgain makes a run with a session's evidence ask for a code.
func asksAgain(run *journey.Run) { run.Prompt = codePrompt() }
