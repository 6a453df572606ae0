package selfservice_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/acrhost/acrhost/host/page"
	"github.com/acrhost/acrhost/host/store"
)

const sessionCookie = "acrhost-session"

// Nobody is signed in: no form does anything, and every page leads to a login.
func TestNoSession(t *testing.T) {
	r := newRig(t)
	_, p := r.signedIn("alice", "pwd sms")
	token, before := r.token(p), r.state()
	stranger := r.browser()
	for path, fields := range changes(token) {
		r.see(r.post(stranger, path, fields), http.StatusForbidden, "You are not signed in")
	}
	for _, path := range []string{"/account", "/account/rename?item=totp:a", "/account/remove?item=totp:a"} {
		r.see(r.get(stranger, path), http.StatusOK, "Who are you?")
	}
	r.unchanged(before, "without a session")
}

// A user who was disabled, or removed, while a session of theirs was open.
func TestSessionOfNobody(t *testing.T) {
	for name, end := range map[string]func(*rig){
		"disabled": func(r *rig) {
			u, err := r.store.User(r.Context(), "u_alice")
			r.ok(err)
			u.Disabled = true
			_, err = r.store.PutUser(r.Context(), u)
			r.ok(err)
		},
		"removed": func(r *rig) { r.ok(r.store.RemoveUser(r.Context(), "u_alice")) },
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			b, p := r.signedIn("alice", "pwd sms")
			end(r)
			for path, fields := range changes(r.token(p)) {
				r.see(r.post(b, path, fields), http.StatusForbidden, "You are not signed in")
			}
			r.see(r.get(b, "/account"), http.StatusOK, "Who are you?")
		})
	}
}

// Another site sends a form in the user's name, or somebody makes a token up.
func TestForgedForm(t *testing.T) {
	r := newRig(t)
	r.allow("u_alice", "shop", "openid")
	victim, p := r.signedIn("alice", "pwd sms")
	_, other := r.signedIn("alice", "pwd sms")
	_, bobs := r.signedIn("bob", "pwd sms")
	token, before := r.token(p), r.state()
	tests := []struct {
		name, token string
		header      []string
	}{
		{"no token", "", nil},
		{"made up", "account.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", nil},
		{"cut", token[:len(token)-2], nil},
		{"of another session of the same user", r.token(other), nil},
		{"of another user's session", r.token(bobs), nil},
		{"of another site", token, []string{"Sec-Fetch-Site", "cross-site"}},
		{"of a sibling site", token, []string{"Sec-Fetch-Site", "same-site"}},
		{"from another origin", token, []string{"Origin", "https://evil.example"}},
		{"from nowhere", token, []string{"Origin", "null"}},
	}
	for _, tt := range tests {
		for path, fields := range changes(tt.token) {
			r.see(r.post(victim, path, fields, tt.header...), http.StatusForbidden, "This form was not accepted")
		}
		r.unchanged(before, tt.name)
	}
	// A notice's token is none of a form's.
	p = r.submit(victim, r.get(victim, "/account"), "form-end-others")
	notice := p.URL.Query().Get("notice")
	before = r.state()
	r.see(r.post(victim, "/account/remove", url.Values{"item": {"totp:a"}, page.TokenField: {notice}}), http.StatusForbidden, "not accepted")
	r.unchanged(before, "with a notice for a token")
}

func TestNotAForm(t *testing.T) {
	r := newRig(t)
	b, p := r.signedIn("alice", "pwd sms")
	fields := changes(r.token(p))["/account/remove"]
	before := r.state()
	req, err := http.NewRequest(http.MethodPost, r.url+"/account/remove", strings.NewReader(fields.Encode()))
	r.ok(err)
	req.Header.Set("Content-Type", "text/plain")
	for _, c := range b.Cookies() {
		req.AddCookie(c)
	}
	res, err := http.DefaultClient.Do(req)
	r.ok(err)
	res.Body.Close()
	if res.StatusCode != http.StatusUnsupportedMediaType {
		t.Errorf("status %d", res.StatusCode)
	}
	r.see(r.post(b, "/account/remove?"+fields.Encode(), nil), http.StatusForbidden, "not accepted")
	r.see(r.post(b, "/account/remove", url.Values{"x": {strings.Repeat("x", 70<<10)}}), http.StatusRequestEntityTooLarge, "can’t be read")
	r.unchanged(before, "no form")
}

// To look at a page changes nothing, whatever stands in its address.
func TestGetChangesNothing(t *testing.T) {
	r := newRig(t)
	r.allow("u_alice", "shop", "openid")
	b, p := r.signedIn("alice", "pwd sms")
	r.signedIn("alice", "pwd")
	token, before := r.token(p), r.state()
	for path, fields := range changes(token) {
		r.get(b, path+"?"+fields.Encode())
	}
	for _, path := range []string{"/account", "/account/back?for=change", "/account/back?for=look", "/account/signed-out", "/account/remove?item=totp:a", "/account/rename?item=totp:a&name=x"} {
		r.get(b, path)
	}
	r.unchanged(before, "by GET")
	if ran := len(r.journeys.started); ran != 2 {
		t.Errorf("%d journeys began; only the two logins should", ran)
	}
}

// What was verified is too weak: the password alone of a user who has a second factor.
func TestTooWeak(t *testing.T) {
	r := newRig(t)
	b, p := r.signedIn("alice", "pwd")
	if p.TextOf("weak") == "" {
		t.Error("the page does not say that a change takes another sign-in")
	}
	r.wantsSignIn(b, r.token(p))
}

// Who has but the password, and a thief in the account, can put the thief out: sign out
// elsewhere, and change the password, which asks for the old one.
func TestWeakDefends(t *testing.T) {
	r := newRig(t)
	thief, _ := r.signedIn("alice", "pwd")
	b, p := r.signedIn("alice", "pwd")
	r.submit(b, p, "form-end-others")
	r.see(r.get(thief, "/account"), http.StatusOK, "Who are you?")
	r.see(r.submit(b, r.get(b, "/account"), "form-password"), http.StatusOK, "Go on?")
	if last := r.journeys.started[len(r.journeys.started)-1]; last.Journey != "account/password" {
		t.Errorf("started %+v", last)
	}
}

// What was verified was enough, eleven minutes ago.
func TestTooOld(t *testing.T) {
	r := newRig(t)
	b, p := r.signedIn("alice", "pwd sms")
	if p.TextOf("weak") != "" {
		t.Error("the page says that a change takes another sign-in")
	}
	r.pass(10*time.Minute + time.Second)
	r.wantsSignIn(b, r.token(p))
}

// wantsSignIn wants every change to lead to a login in which nothing of before counts.
// To sign out, here or elsewhere, and to take a consent back, is none.
func (r *rig) wantsSignIn(b browser, token string) {
	r.Helper()
	before := r.state()
	all := changes(token)
	for _, path := range []string{"/account/sign-out", "/account/sessions/end", "/account/sessions/end-others", "/account/clients/revoke"} {
		delete(all, path)
	}
	for path, fields := range all {
		r.see(r.post(b, path, fields), http.StatusOK, "Who are you?")
	}
	for _, path := range []string{"/account/rename?item=totp:a", "/account/remove?item=totp:a"} {
		r.see(r.get(b, path), http.StatusOK, "Who are you?")
	}
	r.unchanged(before, "weak")
	for _, s := range r.journeys.started[1:] {
		if s.Journey != "bank" || len(s.Evidence) > 0 || s.Subject != nil || s.Request.LoginHint == nil || *s.Request.LoginHint != "alice" {
			r.Errorf("started %+v", s)
		}
	}
}

// What is another user's, or no factor, can't be touched.
func TestAnotherUsersCredential(t *testing.T) {
	r := newRig(t)
	b, p := r.signedIn("alice", "pwd sms")
	before := r.state()
	for _, id := range []string{"password:u_bob", "demo:u_alice", "totp:unknown", "", "email"} {
		for _, path := range []string{"/account/remove", "/account/rename"} {
			r.see(r.post(b, path, with(changes(r.token(p))[path], "item", id)), http.StatusNotFound, "not here any more")
			r.see(r.get(b, path+"?item="+url.QueryEscape(id)), http.StatusNotFound, "not here any more")
		}
	}
	r.see(r.post(b, "/account/rename", url.Values{page.TokenField: {r.token(p)}, "item": {"password:u_alice"}, "name": {"x"}}), http.StatusNotFound, "not here")
	r.unchanged(before, "another's")
}

func TestAnotherUsersSession(t *testing.T) {
	r := newRig(t)
	bob, _ := r.signedIn("bob", "pwd")
	alice, p := r.signedIn("alice", "pwd sms")
	before := r.state()
	for _, key := range []string{store.Key(cookie(bob, sessionCookie)), cookie(bob, sessionCookie), "", "absent"} {
		r.see(r.post(alice, "/account/sessions/end", url.Values{page.TokenField: {r.token(p)}, "session": {key}}), http.StatusNotFound, "not here any more")
	}
	r.unchanged(before, "bob's session")
	r.submit(alice, p, "form-sign-out")
	r.see(r.get(bob, "/account"), http.StatusOK, "Where you are signed in")
}

// alice has no passkey: her password is the only way to sign in, whatever she sends.
func TestRemoveTheLast(t *testing.T) {
	r := newRig(t)
	b, p := r.signedIn("alice", "pwd sms")
	before := r.state()
	fields := url.Values{page.TokenField: {r.token(p)}, "item": {"password:u_alice"}}
	r.see(r.post(b, "/account/remove", fields), http.StatusConflict, "You can’t do without this one")
	r.see(r.get(b, "/account/remove?item=password:u_alice"), http.StatusOK, "can’t be removed")
	r.unchanged(before, "the last")
}

// A journey that never verifies enough is not begun over and over.
func TestLoopOfWeakLogins(t *testing.T) {
	r := newRig(t)
	b, p := r.signedIn("alice", "pwd")
	p = r.answer(b, r.submit(b, p, "form-totp"), "alice", "pwd")
	r.see(p, http.StatusForbidden, "More is needed to change your account")
	for _, text := range []string{"two different kinds of proof", "10 minutes", "a password"} {
		if !strings.Contains(p.TextOf("missing"), text) {
			t.Errorf("the page does not say %q: %s", text, p.Text())
		}
	}
	// Neither does who gives up begin another one.
	p = r.see(r.get(b, "/account"), http.StatusOK, "Where you are signed in")
	r.see(r.answer(b, r.submit(b, p, "form-totp"), "alice", "no"), http.StatusForbidden, "More is needed")
	if n := len(r.journeys.started); n != 3 {
		t.Errorf("%d journeys began", n)
	}
}

// A journey that asks nothing and verifies nothing leaves no session: the browser is
// not sent round in circles.
func TestLoopWithoutSession(t *testing.T) {
	r := newRig(t)
	r.journeys.silent = true
	r.see(r.get(r.browser(), "/account"), http.StatusForbidden, "You are not signed in")
	if n := len(r.journeys.started); n != 1 {
		t.Errorf("%d journeys began", n)
	}
}

// A link that somebody sends has the page say nothing.
func TestForgedNotice(t *testing.T) {
	r := newRig(t)
	b, p := r.signedIn("alice", "pwd sms")
	_, bobs := r.signedIn("bob", "pwd")
	for _, notice := range []string{"removed", "removed.", "added-passkey.AAAA", strings.Replace(r.token(p), "account", "removed", 1), r.token(bobs), "<b>"} {
		if said := r.get(b, "/account?notice="+url.QueryEscape(notice)).TextOf("notice"); said != "" {
			t.Errorf("%q has the page say %q", notice, said)
		}
	}
}

// The thief's run that adds a factor ends with the session that it lives on.
func TestAddAfterSignOut(t *testing.T) {
	r := newRig(t)
	thief, p := r.signedIn("alice", "pwd sms")
	adding := r.see(r.submit(thief, p, "form-totp"), http.StatusOK, "Go on?")
	owner, p := r.signedIn("alice", "pwd sms")
	r.submit(owner, p, "form-end-others")
	after, err := thief.Submit(adding, map[string]string{"go": "yes"})
	r.ok(err)
	r.see(after, http.StatusOK, "Who are you?")
}
