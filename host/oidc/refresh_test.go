package oidc_test

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/acrhost/acrhost/host/config"
	"github.com/acrhost/acrhost/host/login"
	"github.com/acrhost/acrhost/host/store"
)

// What the grant froze stays, also when the user has since stepped up elsewhere.
func TestRefreshKeepsWhatWasDecided(t *testing.T) {
	r := newRig(t)
	first := r.tokens(nil)
	r.clock.advance(time.Hour)
	r.login.change = func(f *login.Finished) { f.Run.ACR, f.AMR = new("2.5"), []string{"hwk"} }
	r.tokens(nil)
	second := r.post("/token", refresh(first["refresh_token"].(string), nil)).json(t)

	for _, name := range []string{"id_token", "access_token"} {
		was, is := claims(t, first[name]), claims(t, second[name])
		if is["iat"] != was["iat"].(float64)+3600 || is["jti"] == was["jti"] {
			t.Errorf("%s: iat %v, jti %v", name, is["iat"], is["jti"])
		}
		for _, changes := range []string{"iat", "exp", "jti", "nonce", "at_hash"} {
			delete(was, changes)
			delete(is, changes)
		}
		if diff := cmp.Diff(was, is); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	if nonce, ok := claims(t, second["id_token"])["nonce"]; ok {
		t.Errorf("nonce %v in a refreshed ID token", nonce)
	}
}

func TestRefreshRotatesAndReuseEndsTheFamily(t *testing.T) {
	r := newRig(t)
	first := r.tokens(nil)["refresh_token"].(string)
	second := r.post("/token", refresh(first, nil)).json(t)["refresh_token"].(string)
	third := r.post("/token", refresh(second, nil)).json(t)
	if first == second || second == third["refresh_token"] {
		t.Fatal("no rotation")
	}
	r.wantError(r.post("/token", refresh(first, nil)), http.StatusBadRequest, "invalid_grant")
	r.wantError(r.post("/token", refresh(third["refresh_token"].(string), nil)), http.StatusBadRequest, "invalid_grant")
	if a := r.userinfo(third["access_token"].(string)); a.StatusCode != http.StatusUnauthorized {
		t.Errorf("userinfo: %d", a.StatusCode)
	}
	if diff := cmp.Diff([]string{"grant.revoked", "login.ok"}, r.events()); diff != "" {
		t.Error(diff)
	}
}

func TestRefreshRace(t *testing.T) {
	r := newRig(t)
	for range 20 {
		winners := r.race(8, refresh(r.tokens(nil)["refresh_token"].(string), nil))
		if len(winners) > 1 {
			t.Fatalf("%d winners", len(winners))
		}
		if len(winners) == 0 { // another ended the grant before it was answered
			continue
		}
		r.wantError(r.post("/token", refresh(winners[0]["refresh_token"].(string), nil)), http.StatusBadRequest, "invalid_grant")
	}
}

func TestRefreshOfAnotherClientEndsTheFamily(t *testing.T) {
	r := newRig(t)
	raw := r.tokens(nil)["refresh_token"].(string)
	r.wantError(r.post("/token", refresh(raw, url.Values{"client_id": {"strict"}})), http.StatusBadRequest, "invalid_grant")
	r.wantError(r.post("/token", refresh(raw, nil)), http.StatusBadRequest, "invalid_grant")
}

func TestRefreshScope(t *testing.T) {
	r := newRig(t)
	raw := r.tokens(url.Values{"scope": {"openid email"}})["refresh_token"].(string)
	r.wantError(r.post("/token", refresh(raw, url.Values{"scope": {"openid phone"}})), http.StatusBadRequest, "invalid_scope")
	r.wantError(r.post("/token", refresh(raw, url.Values{"scope": {" "}})), http.StatusBadRequest, "invalid_scope")
	// A scope that is too wide does not use the token up.
	narrow := r.post("/token", refresh(raw, url.Values{"scope": {"email email"}})).json(t)
	if narrow["scope"] != "email" || narrow["id_token"] != nil || claims(t, narrow["access_token"])["scope"] != "email" {
		t.Errorf("narrowed: %v", narrow)
	}
	// The grant keeps its scope.
	whole := r.post("/token", refresh(narrow["refresh_token"].(string), nil)).json(t)
	if whole["scope"] != "openid email" || whole["id_token"] == nil {
		t.Errorf("whole: %v", whole)
	}
}

func TestRefreshEndsWithTheGrant(t *testing.T) {
	r := newRig(t)
	raw := r.tokens(nil)["refresh_token"].(string)
	for range 3 { // refreshing does not lengthen it
		r.clock.advance(9 * 24 * time.Hour)
		raw = r.post("/token", refresh(raw, nil)).json(t)["refresh_token"].(string)
	}
	r.clock.advance(4 * 24 * time.Hour)
	r.wantError(r.post("/token", refresh(raw, nil)), http.StatusBadRequest, "invalid_grant")
}

// An access token that ends with its grant does not say that it lasts longer: who checks it
// by itself would take it for that long (RFC 6749 5.1, RFC 9068 4).
func TestAccessTokensEndWithTheGrantAtTheLatest(t *testing.T) {
	r := newRigWith(t, []config.Client{
		{ID: "spa", RedirectURIs: []string{spaURI}},
		{ID: "short-lived", RedirectURIs: []string{spaURI}, RefreshTokenLifetime: time.Minute, AccessTokenLifetime: time.Hour},
	})
	got := r.post("/token", exchange(r.code("short-lived", nil), url.Values{"client_id": {"short-lived"}})).json(t)
	if got["expires_in"] != 120.0 { // as long as a code and a refresh token last together
		t.Errorf("expires_in %v", got["expires_in"])
	}
	raw := r.tokens(nil)["refresh_token"].(string)
	r.clock.advance(30*24*time.Hour + 20*time.Second)
	last := r.post("/token", refresh(raw, nil)).json(t)
	if is := claims(t, last["access_token"]); last["expires_in"] != 40.0 || is["exp"].(float64)-is["iat"].(float64) != 40 {
		t.Errorf("expires_in %v, claims %v", last["expires_in"], is)
	}
	r.clock.advance(39 * time.Second)
	if a := r.userinfo(last["access_token"].(string)); a.StatusCode != http.StatusOK {
		t.Errorf("before it expires: %d", a.StatusCode)
	}
}

func TestRefreshOfADisabledUser(t *testing.T) {
	r := newRig(t)
	raw := r.tokens(nil)["refresh_token"].(string)
	r.addUser("u-alice", func(u *store.User) { u.Disabled = true })
	r.wantError(r.post("/token", refresh(raw, nil)), http.StatusBadRequest, "invalid_grant")
}

// TestCodeOfADisabledUser: the account went between the login and the exchange.
func TestCodeOfADisabledUser(t *testing.T) {
	r := newRig(t)
	code := r.code("spa", nil)
	r.addUser("u-alice", func(u *store.User) { u.Disabled = true })
	r.wantError(r.post("/token", exchange(code, nil)), http.StatusBadRequest, "invalid_grant")
}
