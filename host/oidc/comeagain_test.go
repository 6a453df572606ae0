package oidc_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// elsewhere makes a request what a browser sends with a form of another site: no cookie.
func elsewhere(r *http.Request) {
	r.Header.Set("Origin", "https://spa.example.com")
	r.Header.Set("Sec-Fetch-Site", "cross-site")
}

// TestAuthorizeByAFormOfAnotherSite: the browser comes again by GET, with the cookie and
// without the parameters, and gets what a GET gets.
func TestAuthorizeByAFormOfAnotherSite(t *testing.T) {
	r := newRig(t)
	state := allOfState()
	a := r.post("/authorize", good("spa", url.Values{"state": {state}, "prompt": {"none"}, "login_hint": {"alice"}}), elsewhere)
	where, err := a.Location()
	if err != nil || a.StatusCode != http.StatusSeeOther || where.Path != "/authorize" || r.login.count() != 0 {
		t.Fatalf("%d to %v, %d logins", a.StatusCode, where, r.login.count())
	}
	again := where.Query()
	if len(again) != 2 || again.Get("client_id") != "spa" || !strings.HasPrefix(again.Get("request_uri"), "urn:ietf:params:oauth:request_uri:") {
		t.Fatalf("again with %v", again)
	}
	got := r.get("/authorize", again).sent(t)
	if got.Get("code") == "" || got.Get("state") != state {
		t.Errorf("answer %v", got)
	}
	if asked := r.login.last(t); asked.Interactive || *asked.Request.LoginHint != "alice" {
		t.Errorf("login %+v", asked)
	}
	wantPage(t, r.get("/authorize", again)) // once
}

// Who has the session's cookie with the form, or is no other site, is answered at once; and
// so is who would be refused.
func TestAuthorizeByFormAtOnce(t *testing.T) {
	r := newRig(t)
	r.wantCode(r.post("/authorize", good("spa", nil), elsewhere, func(req *http.Request) { req.AddCookie(r.signedIn("u-alice")) }))
	r.wantCode(r.post("/authorize", good("spa", nil), func(req *http.Request) { req.Header.Set("Origin", r.server.URL) }))
	if got := r.post("/authorize", good("spa", url.Values{"code_challenge_method": {"plain"}}), elsewhere).sent(t); got.Get("error") != "invalid_request" || got.Get("state") != "the state" {
		t.Errorf("a fault: %v", got)
	}
	wantPage(t, r.post("/authorize", good("spa", url.Values{"redirect_uri": {"https://evil.example.com/"}}), elsewhere))
}

// A browser's form is not a push: what the client must push or sign is asked of it as before,
// and the address is good for this client alone.
func TestAttackFormAsAPush(t *testing.T) {
	r := newRequestRig(t)
	r.wantSent(r.post("/authorize", good("must", url.Values{"redirect_uri": {webURI}}), elsewhere), "invalid_request")
	r.wantSent(r.post("/authorize", good("ro-must", url.Values{"redirect_uri": {webURI}}), elsewhere), "invalid_request")
	where, err := r.post("/authorize", good("web", url.Values{"redirect_uri": {webURI}}), elsewhere).Location()
	if err != nil {
		t.Fatal(err)
	}
	r.wantPage(r.pull("must", where.Query().Get("request_uri")))
	r.wantCode(r.pull("web", where.Query().Get("request_uri")))
	// A request that was pushed stays one.
	q := url.Values{"client_id": {"must"}, "request_uri": {
		r.pushed(r.post("/par", good("must", url.Values{"redirect_uri": {webURI}}), basic("must", secret))),
	}}
	if where, err = r.post("/authorize", q, elsewhere).Location(); err != nil || where.Path != "/authorize" {
		t.Fatal(where, err)
	}
	r.wantCode(r.get("/authorize", where.Query()))
}

// allOfState is a state of 128 characters: each that RFC 6749 appendix A.5 has in one.
func allOfState() string {
	var b strings.Builder
	for c := byte(' '); b.Len() < 128; c++ {
		if c > '~' {
			c = ' '
		}
		b.WriteByte(c)
	}
	return b.String()
}
