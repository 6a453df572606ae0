package oidc_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/acrhost/acrhost/host/login"
	"github.com/acrhost/acrhost/host/store"
)

func bearer(raw string) func(*http.Request) {
	return func(q *http.Request) { q.Header.Set("Authorization", "Bearer "+raw) }
}

// userinfo asks with the token in the header.
func (r *rig) userinfo(raw string) reply {
	r.Helper()
	req, err := http.NewRequestWithContext(r.Context(), http.MethodGet, r.server.URL+"/userinfo", http.NoBody)
	if err != nil {
		r.Fatal(err)
	}
	bearer(raw)(req)
	return r.do(req)
}

func TestUserinfoClaimsByScope(t *testing.T) {
	for scope, want := range map[string]map[string]any{
		"openid":         {"sub": "u-alice"},
		"openid email":   {"sub": "u-alice", "email": "alice@example.com", "email_verified": true},
		"openid address": {"sub": "u-alice", "address": map[string]any{"locality": "Oslo", "country": "NO"}}, // and not what the operator notes beside it
		"openid phone":   {"sub": "u-alice", "phone_number": "+4712345678", "phone_number_verified": false},
		"openid profile": {"sub": "u-alice", "name": "Alice A", "preferred_username": "alice", "updated_at": float64(time.Date(2026, 11, 23, 7, 0, 0, 0, time.UTC).Unix())},
	} {
		t.Run(scope, func(t *testing.T) {
			r := newRig(t)
			got := r.userinfo(r.tokens(url.Values{"scope": {scope}})["access_token"].(string))
			if diff := cmp.Diff(want, got.json(t)); diff != "" {
				t.Error(diff)
			}
			if got.Header.Get("Cache-Control") != "no-store" {
				t.Errorf("Cache-Control %q", got.Header.Get("Cache-Control"))
			}
		})
	}
}

func TestUserinfoTakesTheTokenByHeaderOrForm(t *testing.T) {
	r := newRig(t)
	raw := r.tokens(nil)["access_token"].(string)
	lower := func(q *http.Request) { q.Header.Set("Authorization", "bearer "+raw) }
	noType := func(q *http.Request) { q.Header.Del("Content-Type") }
	for name, a := range map[string]reply{
		"header":         r.userinfo(raw),
		"header by POST": r.post("/userinfo", nil, bearer(raw)),
		"no body":        r.post("/userinfo", nil, bearer(raw), noType),
		"lower case":     r.post("/userinfo", nil, lower),
		"form":           r.post("/userinfo", url.Values{"access_token": {raw}}),
	} {
		if a.StatusCode != http.StatusOK || a.json(t)["sub"] != "u-alice" {
			t.Errorf("%s: %d %s", name, a.StatusCode, a.body)
		}
	}
}

func TestUserinfoRefuses(t *testing.T) {
	r := newRig(t)
	got := r.tokens(nil)
	raw, id := got["access_token"].(string), got["id_token"].(string)
	plain := r.tokens(url.Values{"scope": {"email"}})["access_token"].(string)
	for name, row := range map[string]struct {
		reply
		status    int
		challenge string
	}{
		"no token":         {r.post("/userinfo", nil), 401, `Bearer realm="` + r.server.URL + `"`},
		"token in the URL": {r.get("/userinfo", url.Values{"access_token": {raw}}), 401, `Bearer realm="` + r.server.URL + `"`},
		"basic":            {r.post("/userinfo", nil, basic("web", secret)), 401, `Bearer realm="` + r.server.URL + `"`},
		"garbage":          {r.userinfo("x"), 401, `error="invalid_token"`},
		"ID token":         {r.userinfo(id), 401, `error="invalid_token"`},
		"cut":              {r.userinfo(raw[:len(raw)-4]), 401, `error="invalid_token"`},
		"refresh token":    {r.userinfo(got["refresh_token"].(string)), 401, `error="invalid_token"`},
		"no openid":        {r.userinfo(plain), 403, `error="insufficient_scope"`},
		"both ways":        {r.post("/userinfo", url.Values{"access_token": {raw}}, bearer(raw)), 400, `error="invalid_request"`},
		"twice":            {r.post("/userinfo", url.Values{"access_token": {raw, raw}}), 400, `error="invalid_request"`},
	} {
		if row.StatusCode != row.status || !strings.Contains(row.Header.Get("WWW-Authenticate"), row.challenge) {
			t.Errorf("%s: %d %q", name, row.StatusCode, row.Header.Get("WWW-Authenticate"))
		}
		if strings.Contains(row.body, "u-alice") {
			t.Errorf("%s: %s", name, row.body)
		}
	}
	r.clock.advance(5 * time.Minute)
	if a := r.userinfo(raw); a.StatusCode != http.StatusUnauthorized {
		t.Errorf("expired: %d", a.StatusCode)
	}
}

func TestUserinfoEndsWithGrantAndUser(t *testing.T) {
	r := newRig(t)
	raw := r.tokens(nil)["access_token"].(string)
	r.addUser("u-alice", func(u *store.User) { u.Disabled = true })
	if a := r.userinfo(raw); a.StatusCode != http.StatusUnauthorized {
		t.Errorf("disabled user: %d", a.StatusCode)
	}
	r.addUser("u-alice", func(u *store.User) { u.Disabled = false })
	if err := r.store.RevokeGrant(t.Context(), claims(t, raw)["grant_id"].(string), r.clock.now()); err != nil {
		t.Fatal(err)
	}
	if a := r.userinfo(raw); a.StatusCode != http.StatusUnauthorized {
		t.Errorf("revoked grant: %d", a.StatusCode)
	}
}

func TestUserinfoAddsTheJourneysClaims(t *testing.T) {
	r := newRig(t)
	r.login.change = func(f *login.Finished) {
		f.Run.Claims = map[string]any{"branch": "Oslo", "sub": "root", "acr": "9"}
	}
	got := r.userinfo(r.tokens(url.Values{"scope": {"openid"}})["access_token"].(string)).json(t)
	if diff := cmp.Diff(map[string]any{"sub": "u-alice", "branch": "Oslo"}, got); diff != "" {
		t.Error(diff)
	}
}
