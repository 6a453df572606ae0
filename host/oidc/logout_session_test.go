package oidc_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/acrhost/acrhost/host/login"
	"github.com/acrhost/acrhost/host/session"
)

// tokensIn are tokens of a login in a session.
func (r *rig) tokensIn(s *session.Session, scope string) map[string]any {
	r.Helper()
	r.login.change = func(f *login.Finished) { f.SessionKey, f.SessionID = s.Key, s.ID }
	defer func() { r.login.change = nil }()
	return r.tokens(url.Values{"scope": {scope}})
}

// OpenID Connect Back-Channel Logout 1.0, 2.7: what was granted without offline_access ends
// with the session. Attack: a client goes on in the name of a user who has signed out.
func TestLogoutEndsGrants(t *testing.T) {
	r := newRig(t)
	here, cookie := r.newSession()
	there, _ := r.newSession()
	ends := r.tokensIn(here, "openid")
	for name, tokens := range map[string]map[string]any{
		"offline_access": r.tokensIn(here, "openid offline_access"), "another session": r.tokensIn(there, "openid"), "no session": r.tokens(url.Values{"scope": {"openid"}}),
	} {
		defer func() {
			if a := r.post("/token", refresh(tokens["refresh_token"].(string), nil)); a.StatusCode != http.StatusOK {
				t.Errorf("%s: %s", name, a.body)
			}
		}()
	}
	if a := r.logout(http.MethodGet, url.Values{"id_token_hint": {ends["id_token"].(string)}}, cookie); a.body != "SIGNED OUT" {
		t.Fatal(a.body)
	}
	r.wantError(r.post("/token", refresh(ends["refresh_token"].(string), nil)), http.StatusBadRequest, "invalid_grant")
	r.refusedAt(r.userinfo(ends["access_token"].(string)), "invalid_token")
}

// A session that goes on under another key, after a login in it, ends all that was granted
// in it.
func TestLogoutEndsGrantsOfEarlierKeys(t *testing.T) {
	r := newRig(t)
	before, _ := r.newSession()
	tokens := r.tokensIn(before, "openid")
	_, cookie, err := r.sessions.Renew(t.Context(), before, "u-alice", session.Place{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if a := r.logout(http.MethodGet, url.Values{"id_token_hint": {tokens["id_token"].(string)}}, cookie); a.body != "SIGNED OUT" {
		t.Fatal(a.body)
	}
	r.wantError(r.post("/token", refresh(tokens["refresh_token"].(string), nil)), http.StatusBadRequest, "invalid_grant")
}

// Attack: an ID token of another of the user's sessions, taken from a log or of long ago,
// signs them out without a question (RP-Initiated Logout 1.0, 2).
func TestLogoutHintOfAnotherSession(t *testing.T) {
	r := newRig(t)
	there, _ := r.newSession()
	_, cookie := r.newSession()
	hint := r.tokensIn(there, "openid")["id_token"].(string)
	if a := r.logout(http.MethodGet, url.Values{"id_token_hint": {hint}, "post_logout_redirect_uri": {byeURI}}, cookie); !strings.HasPrefix(a.body, "LOGOUT ") || !r.inSession(cookie) {
		t.Errorf("%d %s", a.StatusCode, a.body)
	}
}

// Attack: an ID token that belongs to no browser's session, as a device's, is out of a log. It
// signs its user out of no browser unasked.
func TestLogoutHintOfNoSession(t *testing.T) {
	r := newRig(t)
	d := r.device("tv", nil)
	d.approve()
	hint, _ := d.poll().json(t)["id_token"].(string)
	if claims(t, hint)["sid"] != nil {
		t.Fatalf("the device's ID token is of a session: %v", claims(t, hint))
	}
	_, cookie := r.newSession()
	if a := r.logout(http.MethodGet, url.Values{"id_token_hint": {hint}}, cookie); !strings.HasPrefix(a.body, "LOGOUT ") || !r.inSession(cookie) {
		t.Errorf("%d %s", a.StatusCode, a.body)
	}
}
