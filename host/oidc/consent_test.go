package oidc_test

import (
	"net/http"
	"net/url"
	"slices"
	"testing"

	"github.com/acrhost/acrhost/host/config"
	"github.com/acrhost/acrhost/host/consent"
	"github.com/acrhost/acrhost/host/login"
	"github.com/acrhost/acrhost/host/store"
)

// scopeFor logs in and gives the scope that was granted.
func (r *rig) scopeFor(client, scope string) []string {
	r.Helper()
	code := r.code(client, url.Values{"scope": {scope}, "redirect_uri": {spaURI}})
	record, err := r.store.Get(r.Context(), store.Code, store.Key(code))
	if err != nil {
		r.Fatal(err)
	}
	g, err := r.store.Grant(r.Context(), record.Group)
	if err != nil {
		r.Fatal(err)
	}
	return g.Scope
}

// What a user allowed is remembered once the login has succeeded, for this client alone.
func TestConsentIsRemembered(t *testing.T) {
	r := newRig(t)
	r.login.change = func(f *login.Finished) { f.Run.Consented = true }
	r.scopeFor("spa", "openid email")
	r.scopeFor("spa", "openid phone")
	c, err := r.store.Consent(t.Context(), "u-alice", "spa")
	if err != nil || !slices.Equal(c.Scope, []string{"email", "openid", "phone"}) {
		t.Errorf("consent %v, %v", c, err)
	}
	ledger := r.provider.Consents
	for scope, want := range map[string]bool{"email": true, "openid": true, "profile": false} {
		if given, err := ledger.Given(t.Context(), "u-alice", "spa", consent.Asked{Scope: []string{"openid", scope}}); given != want || err != nil {
			t.Errorf("%s given: %v, %v", scope, given, err)
		}
	}
	if given, _ := ledger.Given(t.Context(), "u-alice", "web", consent.Asked{Scope: []string{"email"}}); given {
		t.Error("what was allowed to one client counts for another")
	}
}

func TestFailedLoginRemembersNoConsent(t *testing.T) {
	r := newRig(t)
	r.login.change = func(f *login.Finished) {
		f.Run.Consented, f.Run.End.Terminal, f.Run.End.Code = true, "@failure", "access_denied"
	}
	r.get("/authorize", good("spa", nil))
	if _, err := r.store.Consent(t.Context(), "u-alice", "spa"); err == nil {
		t.Error("a consent was kept")
	}
}

// offline_access takes consent (OpenID Connect Core 11) where users are asked at all, and
// from clients that registered themselves always.
func TestOfflineAccessTakesConsent(t *testing.T) {
	r := newRegistry(t)
	r.add("own", map[string]any{"skip_consent": true})
	c := r.register(nil)
	const scope = "openid offline_access"
	for _, row := range []struct {
		client, acr string
		want        bool
	}{
		{"web-2", "", true}, {"web-2", "3.0", false}, {"own", "3.0", true}, {c.id, "", false},
	} {
		if row.client == "web-2" {
			if _, err := r.store.Client(t.Context(), "web-2"); err != nil {
				r.add("web-2", map[string]any{})
			}
		}
		r.login.change = nil
		code := r.code(row.client, url.Values{"scope": {scope}, "redirect_uri": {spaURI}, "acr_values": {row.acr}})
		record, err := r.store.Get(t.Context(), store.Code, store.Key(code))
		if err != nil {
			t.Fatal(err)
		}
		g, err := r.store.Grant(t.Context(), record.Group)
		if err != nil || slices.Contains(g.Scope, "offline_access") != row.want {
			t.Errorf("%s, acr %q: scope %v, %v", row.client, row.acr, g.Scope, err)
		}
	}
	r.login.change = func(f *login.Finished) { f.Run.Consented = true }
	if got := r.scopeFor(c.id, scope); !slices.Contains(got, "offline_access") {
		t.Errorf("with consent: %v", got)
	}
	r.login.change = nil
	if got := r.scopeFor(c.id, scope); !slices.Contains(got, "offline_access") {
		t.Errorf("with an earlier consent: %v", got)
	}
	if n, err := r.provider.Consents.Revoke(t.Context(), "u-alice", c.id); n == 0 || err != nil {
		t.Errorf("revoked: %d grants, %v", n, err)
	}
	if got := r.scopeFor(c.id, scope); slices.Contains(got, "offline_access") {
		t.Errorf("after the consent was taken back: %v", got)
	}
}

func TestRevokedConsentEndsGrants(t *testing.T) {
	r := newRigWith(t, append(clients(), config.Client{ID: "other", RedirectURIs: []string{spaURI}}))
	r.login.change = func(f *login.Finished) { f.Run.Consented = true }
	mine := r.tokens(nil)
	others := r.post("/token", exchange(r.code("other", nil), url.Values{"client_id": {"other"}})).json(t)
	if n, err := r.provider.Consents.Revoke(t.Context(), "u-alice", "spa"); n != 1 || err != nil {
		t.Errorf("revoked %d grants, %v", n, err)
	}
	r.wantError(r.post("/token", refresh(mine["refresh_token"].(string), nil)), http.StatusBadRequest, "invalid_grant")
	if got := r.post("/token", refresh(others["refresh_token"].(string), url.Values{"client_id": {"other"}})); got.StatusCode != http.StatusOK {
		t.Errorf("the other client's: %s", got.body)
	}
}
