package selfservice_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/acrhost/acrhost/host/hosttest"
)

type browser = *hosttest.Browser

func TestLook(t *testing.T) {
	r := newRig(t)
	_, p := r.signedIn("alice", "pwd sms")
	r.see(p, http.StatusOK, "alice Your account Password")
	for _, id := range []string{"password", "passkeys", "apps", "phone", "sessions", "item-1", "session-1"} {
		if p.TextOf(id) == "" {
			t.Errorf("the page has no %s", id)
		}
	}
	// What can't be added here and what the user does not have is left out: e-mail has
	// no sender, recovery codes are not offered.
	for _, id := range []string{"email", "recovery-codes", "form-email", "form-phone"} {
		if p.TextOf(id) != "" {
			t.Errorf("the page has %s", id)
		}
	}
	start := r.journeys.started[0]
	if start.Journey != "bank" || !start.Interactive {
		t.Errorf("started %+v", start)
	}
	if csp := p.Header.Get("Content-Security-Policy"); !strings.HasPrefix(csp, "default-src 'none'") || strings.Contains(csp, "script-src") || p.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("headers %v", p.Header)
	}
}

// What is added runs as a journey of the host's own, for the session's user and with
// its evidence.
func TestAdd(t *testing.T) {
	r := newRig(t)
	b, p := r.signedIn("alice", "pwd sms")
	for answer, notice := range map[string]string{"yes": "The authenticator app was added.", "no": "Nothing was changed."} {
		asked, err := b.Submit(r.see(r.submit(b, p, "form-totp"), http.StatusOK, "Go on?"), map[string]string{"go": answer})
		r.ok(err)
		if got := asked.TextOf("notice"); got != notice {
			t.Errorf("%s: at %s: %q", answer, asked.URL, got)
		}
	}
	start := r.journeys.started[1]
	if start.Journey != "account/totp" || !start.Interactive || start.Subject == nil || start.Subject.ID != "u_alice" || len(start.Evidence) != 2 {
		t.Errorf("started %+v", start)
	}
}

// What the configuration's plugin does not offer, or the host can't use, does not begin.
func TestAddWhatIsNotOffered(t *testing.T) {
	r := newRig(t)
	b, p := r.signedIn("alice", "pwd sms")
	for _, name := range []string{"", "phone", "email", "recovery-codes", "unknown", "../bank"} {
		r.see(r.post(b, "/account/add", with(changes(r.token(p))["/account/add"], "factor", name)), http.StatusNotFound, "not here")
	}
	if len(r.journeys.started) != 1 {
		t.Errorf("started %+v", r.journeys.started[1:])
	}
}

func TestRenameAndRemove(t *testing.T) {
	r := newRig(t)
	b, p := r.signedIn("alice", "pwd sms")
	p, err := b.Submit(r.get(b, p.Link("rename-2")), map[string]string{"name": "<b>New</b>"})
	r.ok(err)
	r.see(p, http.StatusOK, "<b>New</b>")
	p, err = b.Submit(r.see(r.get(b, p.Link("remove-2")), http.StatusOK, "Remove"), nil)
	r.ok(err)
	if got := p.TextOf("notice"); got != "It was removed." {
		t.Errorf("notice %q", got)
	}
	// The phone is the last beside the password now.
	if p.Link("remove-2") != "" {
		t.Errorf("the last can be removed: %s", p.Text())
	}
	r.see(r.post(b, "/account/remove", url.Values{"_token": {r.token(p)}, "item": {"sms"}}), http.StatusConflict, "You can’t do without this one")
	want := []string{"login.ok u_alice", "factor.renamed u_alice", "factor.removed u_alice"}
	if diff := cmp.Diff(want, r.events()); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
	if !strings.Contains(r.state(), "+1555") || strings.Contains(r.state(), "totp") {
		t.Error(r.state())
	}
}

// Who signs in once more comes back, and can make changes.
func TestSignInAgain(t *testing.T) {
	r := newRig(t)
	b, p := r.signedIn("alice", "pwd")
	p = r.answer(b, r.submit(b, p, "form-totp"), "alice", "pwd sms")
	if got := p.TextOf("notice"); got != "You have signed in again and can make changes now." {
		t.Fatalf("at %s: %s", p.URL, p.Text())
	}
	r.see(r.submit(b, p, "form-totp"), http.StatusOK, "Go on?")
}

// Where anything is enough: bob has a password and nothing else.
func TestFirstFactor(t *testing.T) {
	r := newRig(t)
	b, p := r.signedIn("bob", "pwd")
	r.see(r.submit(b, p, "form-passkey"), http.StatusOK, "Go on?")
	r.pass(11 * time.Minute)
	p = r.answer(b, r.submit(b, r.get(b, "/account"), "form-passkey"), "bob", "pwd")
	if p.TextOf("notice") == "" {
		t.Errorf("at %s: %s", p.URL, p.Text())
	}
}

func TestSessions(t *testing.T) {
	r := newRig(t)
	one, _ := r.signedIn("alice", "pwd")
	r.pass(time.Minute)
	two, _ := r.signedIn("alice", "pwd")
	r.pass(time.Minute)
	b, p := r.signedIn("alice", "pwd sms")
	if !strings.Contains(p.TextOf("session-1"), "This browser") || strings.Contains(p.TextOf("session-2"), "This browser") {
		t.Errorf("sessions: %s", p.TextOf("sessions"))
	}
	p = r.submit(b, p, "form-end-2")
	r.see(r.get(two, "/account"), http.StatusOK, "Who are you?")
	r.see(r.get(one, "/account"), http.StatusOK, "Where you are signed in")
	p = r.submit(b, p, "form-end-others")
	r.see(r.get(one, "/account"), http.StatusOK, "Who are you?")
	if got := p.TextOf("notice"); got != "All other sessions were signed out." || p.TextOf("session-2") != "" {
		t.Errorf("at %s: %s", p.URL, p.Text())
	}
	p = r.submit(b, p, "form-sign-out")
	r.see(p, http.StatusOK, "You are signed out")
	if p.URL.Path != "/account/signed-out" || cookie(b, sessionCookie) != "" {
		t.Errorf("at %s with the cookie %q", p.URL, cookie(b, sessionCookie))
	}
	r.see(r.get(b, "/account"), http.StatusOK, "Who are you?")
	want := []string{"login.ok u_alice", "login.ok u_alice", "login.ok u_alice", "session.ended u_alice", "session.ended u_alice", "session.ended u_alice"}
	if diff := cmp.Diff(want, r.events()); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
}

// Whoever knew the old password, and is signed in somewhere, is out with the new one.
func TestPasswordChangeEndsOtherSessions(t *testing.T) {
	r := newRig(t)
	thief, _ := r.signedIn("alice", "pwd")
	b, p := r.signedIn("alice", "pwd sms")
	for _, step := range []struct{ answer, sees string }{{"no", "Where you are signed in"}, {"yes", "Who are you?"}} {
		_, err := b.Submit(r.see(r.submit(b, p, "form-password"), http.StatusOK, "Go on?"), map[string]string{"go": step.answer})
		r.ok(err)
		r.see(r.get(thief, "/account"), http.StatusOK, step.sees)
	}
	r.see(r.get(b, "/account"), http.StatusOK, "Where you are signed in")
}

// Who comes by another name of this machine is sent to the issuer's, and nobody else.
func TestOtherNameOfThisMachine(t *testing.T) {
	r := newRig(t)
	port := r.url[strings.LastIndex(r.url, ":"):]
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	for host, want := range map[string]string{
		"localhost" + port: r.url + "/account?x=1", "[::1]" + port: r.url + "/account?x=1",
		"evil.example": "/login/", "127.0.0.1.evil.example": "/login/", strings.TrimPrefix(r.url, "http://"): "/login/",
	} {
		req, err := http.NewRequest(http.MethodGet, r.url+"/account?x=1", nil)
		r.ok(err)
		req.Host = host
		res, err := client.Do(req)
		r.ok(err)
		res.Body.Close()
		if got := res.Header.Get("Location"); res.StatusCode != http.StatusSeeOther || !strings.HasPrefix(got, want) {
			t.Errorf("%s: %d to %q", host, res.StatusCode, got)
		}
	}
}

func TestBrowsersAreNamed(t *testing.T) {
	for agent, want := range map[string]string{
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0": "Edge on Windows",
		"Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/604.1": "Safari on iPhone",
		"curl/8.5.0": "curl/8.5.0", strings.Repeat("x", 300): strings.Repeat("x", 60), "<script>": "<script>",
	} {
		r := newRig(t)
		b := r.browser()
		b.Header.Set("User-Agent", agent)
		p := r.answer(b, r.get(b, "/account"), "alice", "pwd")
		if got := p.TextOf("session-1"); !strings.HasPrefix(got, want+" This browser") {
			t.Errorf("%q is shown as %q", agent, got)
		}
	}
}
