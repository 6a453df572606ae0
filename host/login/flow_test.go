package login_test

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/acrhost/acrhost/host/journey"
	"github.com/acrhost/acrhost/host/login"
	"github.com/acrhost/acrhost/host/page"
	"github.com/acrhost/acrhost/host/store"
)

func TestLogin(t *testing.T) {
	r := newRig(t)
	b := r.browser()
	p := r.begin(b)
	r.see(p, http.StatusOK, "Sign in to Example Bank")
	if got := p.Header.Get("Cache-Control"); got != "no-store" {
		t.Errorf("Cache-Control of a prompt is %q", got)
	}
	p = r.submit(b, p, "username", "alice", "password", "secret")
	r.clock.pass(time.Minute)
	p = r.atClient(r.submit(b, p, "code", "123456"))
	if p.Status != http.StatusSeeOther {
		t.Errorf("the answer has status %d: anything but 303 posts the form to the client", p.Status)
	}
	if len(r.finisher.all()) != 1 {
		t.Fatalf("finished %d times", len(r.finisher.all()))
	}
	f := r.finisher.all()[0]
	if f.HadSession || f.SessionKey != store.Key(cookie(b, sessionCookie)) {
		t.Errorf("had session %v, key %q", f.HadSession, f.SessionKey)
	}
	if diff := cmp.Diff([]string{"pwd", "sms", "mfa"}, f.AMR); diff != "" {
		t.Errorf("amr (-want +got):\n%s", diff)
	}
	if !f.AuthTime.Equal(r.clock.now()) || string(f.Resume) != `"resume"` {
		t.Errorf("auth time %s, resume %s", f.AuthTime, f.Resume)
	}
	want := []journey.Answer{
		{Form: map[string]string{"username": "alice", "password": "secret"}},
		{Form: map[string]string{"code": "123456"}},
	}
	// Where they came from is another test's.
	if diff := cmp.Diff(want, r.journeys.answers, cmpopts.IgnoreTypes(journey.From{})); diff != "" {
		t.Errorf("answers (-want +got):\n%s", diff)
	}
}

func TestAction(t *testing.T) {
	r := newRig(t)
	b := r.browser()
	p := r.begin(b)
	answered, err := b.Submit(p, map[string]string{"_action": "cancel"})
	if err != nil {
		t.Fatal(err)
	}
	if answered.Params().Get("error") != "access_denied" {
		t.Errorf("at %s", answered.URL)
	}
	if cookie(b, sessionCookie) != "" {
		t.Error("a login that failed began a session")
	}
	r.see(r.get(b, p.URL.Path), http.StatusOK, "This sign-in is finished")
}

func TestFormPost(t *testing.T) {
	r := newRig(t)
	r.finisher.mode = page.ModeFormPost
	b := r.browser()
	p := r.submit(b, r.begin(b), "username", "alice", "password", "secret")
	p = r.see(r.submit(b, p, "code", "1"), http.StatusOK, "client.example")
	r.atClient(r.submit(b, p))
}

// A second request in the same browser passes with the session's evidence.
func TestSession(t *testing.T) {
	hour := time.Hour
	tests := []struct {
		name     string
		change   func(*rig)
		passes   bool
		had      bool
		evidence int
	}{
		{"counts", func(*rig) {}, true, true, 2},
		{"within max_age", func(r *rig) { r.request.MaxAge = &hour; r.clock.pass(time.Hour) }, true, true, 2},
		{"older than max_age", func(r *rig) { r.request.MaxAge = &hour; r.clock.pass(time.Hour + time.Second) }, false, true, 0},
		{"prompt=login", func(r *rig) { r.request.IgnoreEvidence = true }, false, true, 0},
		{"the user is gone", func(r *rig) { r.users.gone["u_alice"] = true }, false, false, 0},
		{"the session is over", func(r *rig) { r.clock.pass(session12h) }, false, false, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := newRig(t)
			b := r.browser()
			r.signIn(b, "alice")
			before := cookie(b, sessionCookie)
			tt.change(r)
			p := r.get(b, "/start")
			if passed := strings.HasPrefix(p.URL.String(), clientURI); passed != tt.passes {
				t.Fatalf("at %s", p.URL)
			}
			start := r.journeys.started[1]
			if start.Session.Present != tt.had || len(start.Evidence) != tt.evidence || (start.Subject != nil) != (tt.evidence > 0) {
				t.Errorf("session %v, evidence %v, subject %v", start.Session, start.Evidence, start.Subject)
			}
			for _, e := range start.Evidence {
				if !e.Session {
					t.Errorf("evidence %v is not marked as the session's", e)
				}
			}
			if !tt.passes {
				return
			}
			if after := cookie(b, sessionCookie); after != before {
				t.Error("nobody signed in, and yet the session has a new id")
			}
			first, second := r.finisher.all()[0], r.finisher.all()[1]
			if !second.HadSession || second.SessionKey != first.SessionKey || !second.AuthTime.Equal(first.AuthTime) {
				t.Errorf("first %+v\nsecond %+v", first, second)
			}
		})
	}
}

const session12h = 12 * time.Hour

func TestNotInteractive(t *testing.T) {
	r := newRig(t)
	r.request.Interactive = false
	b := r.browser()
	if p := r.get(b, "/start"); p.Params().Get("error") != "interaction_required" {
		t.Errorf("at %s", p.URL)
	}
	if len(b.Cookies()) != 0 {
		t.Errorf("cookies %v for nothing", b.Cookies())
	}
}

func TestStartFails(t *testing.T) {
	r := newRig(t)
	r.request.Journey = ""
	p := r.see(r.get(r.browser(), "/start"), http.StatusTeapot, "no journey")
	if len(p.Header.Values("Set-Cookie")) != 0 {
		t.Error("a cookie was set")
	}
}

// What the Finisher refuses ends in a page, and is not asked again.
func TestFinishFails(t *testing.T) {
	r := newRig(t)
	r.finisher.fault = errors.New("the inside story")
	b := r.browser()
	code := r.submit(b, r.begin(b), "username", "alice", "password", "secret")
	p := r.see(r.submit(b, code, "code", "1"), http.StatusInternalServerError, "Something went wrong")
	if strings.Contains(string(p.Body), "inside") {
		t.Error("the page shows the inside")
	}
	r.see(r.submit(b, code, "code", "1"), http.StatusOK, "This sign-in is finished")
	if n := len(r.finisher.all()); n != 1 {
		t.Errorf("finished %d times", n)
	}

	r = newRig(t)
	r.finisher.fault = errors.New("the inside story")
	r.request.Interactive = false
	r.see(r.get(r.browser(), "/start"), http.StatusInternalServerError, "Something went wrong")
}

// A host at fault loses nothing: the prompt can be answered again.
func TestAdvanceFails(t *testing.T) {
	r := newRig(t)
	b := r.browser()
	p := r.begin(b)
	r.journeys.fault = func(run *journey.Run) error {
		run.Vars = map[string]any{"half": "done"}
		return errors.New("the inside story")
	}
	r.see(r.submit(b, p, "username", "alice", "password", "secret"), http.StatusInternalServerError, "Something went wrong")
	r.journeys.fault = nil
	r.journeys.step = func(run *journey.Run, _ string) {
		if run.Vars != nil {
			t.Errorf("what was left half done was kept: %v", run.Vars)
		}
	}
	r.see(r.submit(b, p, "username", "alice", "password", "secret"), http.StatusOK, "Code")
}

func TestReleaseGone(t *testing.T) {
	r := newRig(t)
	b := r.browser()
	p := r.begin(b)
	r.journeys.fault = func(*journey.Run) error { return login.ErrReleaseGone }
	r.see(r.submit(b, p, "username", "alice", "password", "secret"), http.StatusGone, "configuration changed")
	r.see(r.get(b, p.URL.Path), http.StatusForbidden, "start again")
}

// A run whose deadline has passed is kept a little: the journey, not the host,
// tells the client.
func TestDeadline(t *testing.T) {
	r := newRig(t)
	b := r.browser()
	p := r.begin(b)
	r.clock.pass(16 * time.Minute)
	r.see(r.submit(b, p, "username", "alice", "password", "secret"), http.StatusOK, "Code")
	r.clock.pass(5 * time.Minute)
	r.see(r.get(b, p.URL.Path), http.StatusForbidden, "left open for too long")
}

func TestRedirect(t *testing.T) {
	r := newRig(t)
	r.journeys.first = func(run *journey.Run) { run.Redirect = "https://upstream.example/authorize?x=1" }
	if p := r.get(r.browser(), "/start"); p.URL.String() != "https://upstream.example/authorize?x=1" {
		t.Errorf("at %s", p.URL)
	}
}

// The session that carried a run may end while the run shows something.
func TestSessionEndsMeanwhile(t *testing.T) {
	r := newRig(t)
	b := r.browser()
	r.signIn(b, "alice")
	r.journeys.first = func(run *journey.Run) { run.Prompt = passwordPrompt() }
	p := r.get(b, "/start")
	if _, err := r.store.Take(t.Context(), store.Session, store.Key(cookie(b, sessionCookie))); err != nil {
		t.Fatal(err)
	}
	r.journeys.fault = func(run *journey.Run) error {
		run.End = &journey.End{Terminal: journey.Success}
		return nil
	}
	if p = r.submit(b, p); p.Params().Get("error") != "access_denied" {
		t.Errorf("at %s", p.URL)
	}
}

func TestForms(t *testing.T) {
	r := newRig(t)
	b := r.browser()
	p := r.begin(b)
	token, _ := p.Form()
	tests := []struct {
		name, contentType, body string
		status                  int
	}{
		{"JSON", "application/json", `{}`, http.StatusUnsupportedMediaType},
		{"no type", "", "a=b", http.StatusUnsupportedMediaType},
		{"broken escape", "application/x-www-form-urlencoded", "a=%zz", http.StatusBadRequest},
		{"too long", "application/x-www-form-urlencoded", "a=" + strings.Repeat("b", 65<<10), http.StatusRequestEntityTooLarge},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			status := r.post(b, p.URL.String(), tt.contentType, tt.body, nil)
			if status != tt.status {
				t.Errorf("status %d, not %d", status, tt.status)
			}
		})
	}
	// An answer in the address does not count.
	values := url.Values{"_token": {token.Values.Get("_token")}}
	r.post(b, p.URL.String()+"?username=mallory", "application/x-www-form-urlencoded", values.Encode(), nil)
	if _, ok := r.journeys.answers[0].Form["username"]; ok {
		t.Error("a user name came from the query")
	}
}
