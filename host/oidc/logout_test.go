package oidc_test

import (
	"maps"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/acrhost/acrhost/host/session"
	"github.com/acrhost/acrhost/host/store"
)

// signedIn is the cookie of a new session of this user.
func (r *rig) signedIn(user string) *http.Cookie {
	r.Helper()
	_, cookie, err := r.sessions.Renew(r.Context(), nil, user, session.Place{}, nil)
	if err != nil {
		r.Fatal(err)
	}
	return cookie
}

// inSession says whether a cookie still names a session.
func (r *rig) inSession(cookie *http.Cookie) bool {
	r.Helper()
	req, err := http.NewRequestWithContext(r.Context(), http.MethodGet, "/", http.NoBody)
	if err != nil {
		r.Fatal(err)
	}
	req.AddCookie(cookie)
	s, err := r.sessions.Lookup(req)
	if err != nil {
		r.Fatal(err)
	}
	return s != nil
}

// logout asks as a browser that holds these cookies.
func (r *rig) logout(method string, q url.Values, cookies ...*http.Cookie) reply {
	r.Helper()
	address, body := r.server.URL+"/logout?"+q.Encode(), ""
	if method == http.MethodPost {
		address, body = r.server.URL+"/logout", q.Encode()
	}
	req, err := http.NewRequestWithContext(r.Context(), method, address, strings.NewReader(body))
	if err != nil {
		r.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	for _, c := range cookies {
		req.AddCookie(c)
	}
	return r.do(req)
}

func TestLogout(t *testing.T) {
	r := newRig(t)
	for _, method := range []string{http.MethodGet, http.MethodPost} {
		sso, cookie := r.newSession()
		hint := r.tokensIn(sso, "openid")["id_token"].(string)
		a := r.logout(method, url.Values{"id_token_hint": {hint}, "post_logout_redirect_uri": {byeURI}, "state": {"s 1"}}, cookie)
		if got := a.Header.Get("Location"); a.StatusCode != http.StatusSeeOther || got != byeURI+"&state=s+1" {
			t.Errorf("%s: %d to %q", method, a.StatusCode, got)
		}
		if r.inSession(cookie) {
			t.Errorf("%s: the session goes on", method)
		}
		if r.events()[0] != "session.ended" {
			t.Errorf("events %v", r.events())
		}
	}
	// An ID token that has expired is as good (section 2).
	sso, cookie := r.newSession()
	hint := r.tokensIn(sso, "openid")["id_token"].(string)
	r.clock.advance(time.Hour)
	if a := r.logout(http.MethodGet, url.Values{"id_token_hint": {hint}}, cookie); a.body != "SIGNED OUT" || r.inSession(cookie) {
		t.Errorf("an old hint: %s", a.body)
	}
}

// TestLogoutAsks: without proof that the request is about this user, the user decides.
func TestLogoutAsks(t *testing.T) {
	r := newRig(t)
	hint := r.tokens(nil)["id_token"].(string)
	r.addUser("u-bob", func(*store.User) {})
	for name, q := range map[string]url.Values{
		"no hint":             {},
		"another user's hint": {"id_token_hint": {hint}},
		"client alone":        {"client_id": {"spa"}, "post_logout_redirect_uri": {byeURI}},
	} {
		cookie := r.signedIn("u-bob")
		a := r.logout(http.MethodGet, q, cookie)
		token, ok := strings.CutPrefix(a.body, "LOGOUT ")
		if !ok || !r.inSession(cookie) {
			t.Fatalf("%s: %s", name, a.body)
		}
		done := r.logout(http.MethodPost, url.Values{"_logout": {token}}, cookie)
		if r.inSession(cookie) {
			t.Errorf("%s: the session goes on", name)
		}
		if want := q.Get("post_logout_redirect_uri"); done.Header.Get("Location") != want {
			t.Errorf("%s: to %q", name, done.Header.Get("Location"))
		}
	}
}

// Two presses of the button are one logout, and the browser shows the second answer: it goes
// where the first would have led.
func TestLogoutPressedTwice(t *testing.T) {
	r := newRig(t)
	cookie := r.signedIn("u-alice")
	a := r.logout(http.MethodGet, url.Values{"client_id": {"spa"}, "post_logout_redirect_uri": {byeURI}, "state": {"s"}}, cookie)
	form := url.Values{"_logout": {strings.TrimPrefix(a.body, "LOGOUT ")}}
	for i, cookies := range [][]*http.Cookie{{cookie}, {cookie}, nil} { // the first answer takes the cookie away
		if to := r.logout(http.MethodPost, form, cookies...).Header.Get("Location"); to != byeURI+"&state=s" {
			t.Errorf("%d: to %q", i, to)
		}
	}
	r.clock.advance(11 * time.Minute)
	if a := r.logout(http.MethodPost, form); a.Header.Get("Location") != "" || !strings.HasPrefix(a.body, "SIGNED OUT") {
		t.Errorf("an old page: %s", a.body)
	}
}

// Attack: the audit log tells what happened, not what an address said. Who names a client that
// there is not leaves no name there.
func TestLogoutOfNobodysClientIsNobodys(t *testing.T) {
	r := newRig(t)
	for id, want := range map[string]string{"spa": "spa", "the bank, by order of the operator": ""} {
		cookie := r.signedIn("u-alice")
		token := strings.TrimPrefix(r.logout(http.MethodGet, url.Values{"client_id": {id}}, cookie).body, "LOGOUT ")
		r.logout(http.MethodPost, url.Values{"_logout": {token}}, cookie)
		events, err := r.store.Events(t.Context(), 1)
		if err != nil || len(events) != 1 || events[0].Type != "session.ended" || events[0].Client != want {
			t.Errorf("%s: %+v, %v", id, events, err)
		}
	}
}

// TestLogoutForgery: no other site signs anybody out, and nobody's page signs another
// session out.
func TestLogoutForgery(t *testing.T) {
	r := newRig(t)
	cookie, other := r.signedIn("u-alice"), r.signedIn("u-alice")
	theirs, _ := strings.CutPrefix(r.logout(http.MethodGet, url.Values{}, other).body, "LOGOUT ")
	old, _ := strings.CutPrefix(r.logout(http.MethodGet, url.Values{}, cookie).body, "LOGOUT ")
	for name, token := range map[string]string{"garbage": "AAAA", "not base64": "%%", "another session's": theirs} {
		if a := r.logout(http.MethodPost, url.Values{"_logout": {token}}, cookie); !strings.HasPrefix(a.body, "FAULT") || !r.inSession(cookie) {
			t.Errorf("%s: %s", name, a.body)
		}
	}
	r.clock.advance(11 * 60e9)
	if a := r.logout(http.MethodPost, url.Values{"_logout": {old}}, cookie); !strings.HasPrefix(a.body, "FAULT") || !r.inSession(cookie) {
		t.Errorf("an old page: %s", a.body)
	}
}

// TestLogoutOpenRedirect: only where the client has registered that it goes.
func TestLogoutOpenRedirect(t *testing.T) {
	r := newRig(t)
	hint := r.tokens(nil)["id_token"].(string)
	cookie := r.signedIn("u-alice")
	for name, q := range map[string]url.Values{
		"not registered":    {"id_token_hint": {hint}, "post_logout_redirect_uri": {"https://evil.example.com/"}},
		"by its beginning":  {"id_token_hint": {hint}, "post_logout_redirect_uri": {byeURI + "&x"}},
		"no client":         {"post_logout_redirect_uri": {byeURI}},
		"unknown client":    {"client_id": {"nobody"}, "post_logout_redirect_uri": {byeURI}},
		"of another client": {"client_id": {"web"}, "post_logout_redirect_uri": {byeURI}},
		"client and hint":   {"client_id": {"short"}, "id_token_hint": {hint}, "post_logout_redirect_uri": {byeURI}},
		"a forged hint":     {"id_token_hint": {hint[:len(hint)-4] + "AAAA"}},
		"twice":             {"id_token_hint": {hint}, "post_logout_redirect_uri": {byeURI, byeURI}},
	} {
		a := r.logout(http.MethodGet, q, cookie)
		if a.StatusCode != http.StatusBadRequest || a.Header.Get("Location") != "" || !r.inSession(cookie) {
			t.Errorf("%s: %d %s", name, a.StatusCode, a.body)
		}
	}
}

// TestLogoutByAFormOfAnotherSite: it comes without the cookie, and is asked again by
// GET, which has it.
func TestLogoutByAFormOfAnotherSite(t *testing.T) {
	r := newRig(t)
	a := r.logout(http.MethodPost, url.Values{"client_id": {"spa"}})
	if a.StatusCode != http.StatusSeeOther || a.Header.Get("Location") != "/logout?client_id=spa" {
		t.Errorf("%d to %q", a.StatusCode, a.Header.Get("Location"))
	}
	// The ID token, which the client kept out of the address, stays out of it, and counts.
	sso, cookie := r.newSession()
	hint := r.tokensIn(sso, "openid")["id_token"].(string)
	again := r.againByGet(url.Values{"id_token_hint": {hint}, "state": {"x"}, "post_logout_redirect_uri": {byeURI}})
	if again.Get("client_id") != "spa" || again.Get("state") != "x" || again.Get("post_logout_redirect_uri") != byeURI || strings.Contains(again.Encode(), hint) {
		t.Errorf("to %v", again)
	}
	if b := r.logout(http.MethodGet, again, cookie); b.StatusCode != http.StatusSeeOther || b.Header.Get("Location") != byeURI+"&state=x" || r.inSession(cookie) {
		t.Errorf("%d to %q: %s", b.StatusCode, b.Header.Get("Location"), b.body)
	}
	if b := r.logout(http.MethodGet, url.Values{"client_id": {"spa"}}); b.body != "SIGNED OUT" {
		t.Errorf("nobody signed in: %s", b.body)
	}
}

// againByGet is what a form of another site, which comes without cookies, is sent on with.
func (r *rig) againByGet(q url.Values) url.Values {
	r.Helper()
	a := r.logout(http.MethodPost, q)
	to, err := url.Parse(a.Header.Get("Location"))
	if err != nil || a.StatusCode != http.StatusSeeOther || to.Path != "/logout" {
		r.Fatalf("%d to %q: %s", a.StatusCode, a.Header.Get("Location"), a.body)
	}
	return to.Query()
}

// Attack: what a form was sent on with is used later, changed, for another user or for
// another client.
func TestLogoutHintOnItsWay(t *testing.T) {
	r := newRig(t)
	hint := r.tokens(nil)["id_token"].(string)
	again := r.againByGet(url.Values{"id_token_hint": {hint}})
	with := func(name, value string) url.Values {
		q := maps.Clone(again)
		q.Set(name, value)
		return q
	}
	for name, q := range map[string]url.Values{
		"changed": with("_hint", again.Get("_hint")[:40]+"AAAA"), "no base64": with("_hint", "%"), "another client": with("client_id", "web"), "twice": {"_hint": {again.Get("_hint"), again.Get("_hint")}},
	} {
		cookie := r.signedIn("u-alice")
		if a := r.logout(http.MethodGet, q, cookie); !strings.HasPrefix(a.body, "FAULT") || !r.inSession(cookie) {
			t.Errorf("%s: %d %s", name, a.StatusCode, a.body)
		}
	}
	cookie := r.signedIn("u-bob")
	if a := r.logout(http.MethodGet, again, cookie); !strings.HasPrefix(a.body, "LOGOUT ") || !r.inSession(cookie) {
		t.Errorf("another user: %d %s", a.StatusCode, a.body)
	}
	r.clock.advance(2 * time.Minute)
	cookie = r.signedIn("u-alice")
	if a := r.logout(http.MethodGet, again, cookie); !strings.HasPrefix(a.body, "FAULT") || !r.inSession(cookie) {
		t.Errorf("later: %d %s", a.StatusCode, a.body)
	}
}
