package login_test

import (
	"maps"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/acrhost/acrhost/host/hosttest"
	"github.com/acrhost/acrhost/host/store"
)

// post sends a body as the browser would, with its cookies, follows nothing and
// gives the status.
func (r *rig) post(b *hosttest.Browser, address, contentType, body string, header http.Header) int {
	r.t.Helper()
	req, err := http.NewRequest(http.MethodPost, address, strings.NewReader(body))
	if err != nil {
		r.t.Fatal(err)
	}
	maps.Copy(req.Header, header)
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	for _, c := range b.Cookies() {
		req.AddCookie(c)
	}
	res, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		r.t.Fatal(err)
	}
	res.Body.Close()
	return res.StatusCode
}

func (r *rig) postForm(b *hosttest.Browser, address string, values url.Values, header http.Header) int {
	r.t.Helper()
	return r.post(b, address, "application/x-www-form-urlencoded", values.Encode(), header)
}

func tokenOf(t *testing.T, p *hosttest.Page) string {
	t.Helper()
	form, ok := p.Form()
	if !ok || form.Values.Get("_token") == "" {
		t.Fatalf("no form with a token on %s", p.URL)
	}
	return form.Values.Get("_token")
}

// Another site sends a form in the user's name.
func TestForgedForm(t *testing.T) {
	r := newRig(t)
	victim, attacker := r.browser(), r.browser()
	p := r.begin(victim)
	token := tokenOf(t, p)
	otherRun := tokenOf(t, r.begin(victim))
	otherBrowser := tokenOf(t, r.begin(attacker))
	mac := strings.TrimPrefix(token, "0.")
	tests := []struct {
		name, token string
		header      http.Header
	}{
		{"no token", "", nil},
		{"another run's token", otherRun, nil},
		{"another browser's token", otherBrowser, nil},
		{"a token without its code", "0", nil},
		{"a token with an empty code", "0.", nil},
		{"a token of another number", "1." + mac, nil},
		{"a token with a cut code", token[:len(token)-2], nil},
		{"no number", "x." + mac, nil},
		{"a foreign origin", token, http.Header{"Origin": {"https://evil.example"}}},
		{"an origin that is null", token, http.Header{"Origin": {"null"}}},
		{"another port", token, http.Header{"Origin": {"http://127.0.0.1:1"}}},
		{"another site", token, http.Header{"Sec-Fetch-Site": {"cross-site"}}},
		{"a sibling site", token, http.Header{"Sec-Fetch-Site": {"same-site"}}},
		{"typed by hand", token, http.Header{"Sec-Fetch-Site": {"none"}}},
		{"one good header, one bad", token, http.Header{"Sec-Fetch-Site": {"same-origin"}, "Origin": {"https://evil.example"}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			values := url.Values{"username": {"mallory"}, "password": {"x"}, "_token": {tt.token}}
			if status := r.postForm(victim, p.URL.String(), values, tt.header); status != http.StatusForbidden {
				t.Errorf("status %d", status)
			}
		})
	}
	if n := len(r.journeys.answers); n != 0 {
		t.Errorf("%d forged forms were taken", n)
	}
	// A client that is no browser sends neither header.
	if status := r.postForm(victim, p.URL.String(), url.Values{"_token": {token}}, nil); status != http.StatusSeeOther {
		t.Errorf("the true form has status %d", status)
	}
}

// The address of a run is worth nothing without its browser, and says nothing.
func TestOtherBrowser(t *testing.T) {
	r := newRig(t)
	victim, attacker := r.browser(), r.browser()
	p := r.submit(victim, r.begin(victim), "username", "alice", "password", "secret")
	r.begin(attacker) // so that the attacker has a browser cookie too
	foreign := r.see(r.get(attacker, p.URL.Path), http.StatusForbidden, "another browser")
	unknown := r.see(r.get(attacker, "/login/r_AAAAAAAAAAAAAAAAAAAAAAAAAA"), http.StatusForbidden, "another browser")
	noRun := r.see(r.get(attacker, "/login/x"), http.StatusForbidden, "another browser")
	stranger := r.see(r.get(r.browser(), p.URL.Path), http.StatusForbidden, "another browser")
	for _, other := range []*hosttest.Page{unknown, noRun, stranger} {
		if other.Text() != foreign.Text() {
			t.Errorf("the pages differ:\n%s\n%s", foreign.Text(), other.Text())
		}
	}
	if strings.Contains(foreign.Text(), "alice") || strings.Contains(foreign.Text(), "Bank") {
		t.Errorf("the page tells: %s", foreign.Text())
	}
	r.see(r.submit(attacker, p, "code", "123456"), http.StatusForbidden, "another browser")
	r.atClient(r.submit(victim, p, "code", "123456"))
	r.see(r.submit(attacker, p, "code", "123456"), http.StatusForbidden, "another browser")
}

func TestBackButton(t *testing.T) {
	r := newRig(t)
	b := r.browser()
	password := r.begin(b)
	code := r.submit(b, password, "username", "alice", "password", "secret")
	// An old form runs nothing and leads to the current page.
	r.see(r.submit(b, password, "username", "bob", "password", "secret"), http.StatusOK, "Code")
	r.see(r.get(b, password.URL.Path), http.StatusOK, "Code")
	r.atClient(r.submit(b, code, "code", "123456"))
	if n := len(r.journeys.answers); n != 2 {
		t.Errorf("%d answers were taken", n)
	}
	r.see(r.submit(b, password, "username", "bob", "password", "secret"), http.StatusOK, "This sign-in is finished")
}

// A form posted to a finished run gets the first answer again, for a minute.
func TestPostToFinished(t *testing.T) {
	r := newRig(t)
	b := r.browser()
	code := r.submit(b, r.begin(b), "username", "alice", "password", "secret")
	first := r.atClient(r.submit(b, code, "code", "123456"))
	r.clock.pass(time.Minute)
	if again := r.atClient(r.submit(b, code, "code", "123456")); again.URL.String() != first.URL.String() {
		t.Errorf("another answer: %s", again.URL)
	}
	r.clock.pass(time.Second)
	r.see(r.submit(b, code, "code", "123456"), http.StatusOK, "This sign-in is finished")
	r.see(r.get(b, code.URL.Path), http.StatusOK, "This sign-in is finished")
	if n := len(r.finisher.all()); n != 1 {
		t.Errorf("finished %d times", n)
	}
}

// Who reads the store learns no code and no cookie.
func TestStoreHoldsNoSecrets(t *testing.T) {
	r := newRig(t)
	b := r.browser()
	code := r.submit(b, r.begin(b), "username", "alice", "password", "secret")
	answered := r.atClient(r.submit(b, code, "code", "123456"))
	stored, err := r.store.Get(t.Context(), store.Run, strings.TrimPrefix(code.URL.Path, "/login/"))
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{answered.Params().Get("code"), cookie(b, sessionCookie), cookie(b, browserCookie), "alice"} {
		if secret == "" || strings.Contains(string(stored.Data), secret) {
			t.Errorf("%q is in the store: %s", secret, stored.Data)
		}
	}
}

func TestTwoTabs(t *testing.T) {
	r := newRig(t)
	one := r.browser()
	p1 := r.begin(one)
	two := one.Clone()
	p2 := r.begin(two)
	p1 = r.submit(one, p1, "username", "alice", "password", "secret")
	p2 = r.submit(two, p2, "username", "alice", "password", "secret")
	first := r.atClient(r.submit(one, p1, "code", "1"))
	second := r.atClient(r.submit(two, p2, "code", "2"))
	if first.Params().Get("code") == second.Params().Get("code") {
		t.Error("two logins, one code")
	}
}

// An attacker plants a session cookie: it is never adopted.
func TestSessionFixation(t *testing.T) {
	r := newRig(t)
	attacker, victim := r.browser(), r.browser()
	r.signIn(attacker, "mallory")
	mallory := cookie(attacker, sessionCookie)

	for _, planted := range []string{"MADEUPMADEUPMADEUPMADEUP22", mallory} {
		victim.SetCookie(&http.Cookie{Name: sessionCookie, Value: planted, Path: "/"})
		r.request.IgnoreEvidence = true
		r.signIn(victim, "alice")
		if after := cookie(victim, sessionCookie); after == planted || after == "" {
			t.Errorf("the session's id is %q after a login with %q", after, planted)
		}
		r.request.IgnoreEvidence = false
	}
	// The planted session, which was the attacker's own, has ended; and alice has
	// inherited nothing of it.
	if _, err := r.store.Get(t.Context(), store.Session, store.Key(mallory)); err == nil {
		t.Error("the planted session lives on")
	}
	r.get(victim, "/start")
	last := r.journeys.started[len(r.journeys.started)-1]
	if last.Subject == nil || last.Subject.ID != "u_alice" || len(last.Evidence) != 2 {
		t.Errorf("subject %v, evidence %v", last.Subject, last.Evidence)
	}
}

// A session gets a new id at each step-up, and keeps what was proven.
func TestStepUp(t *testing.T) {
	r := newRig(t)
	b := r.browser()
	r.signIn(b, "alice")
	before := cookie(b, sessionCookie)
	r.request.IgnoreEvidence = true
	r.signIn(b, "alice")
	if after := cookie(b, sessionCookie); after == before {
		t.Error("the same id after a second login")
	}
	if _, err := r.store.Get(t.Context(), store.Session, store.Key(before)); err == nil {
		t.Error("the old id lives on")
	}
}
