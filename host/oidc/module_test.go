package oidc_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/go-chi/chi/v5"

	"github.com/acrhost/acrhost/host/journey"
	"github.com/acrhost/acrhost/host/login"
	"github.com/acrhost/acrhost/host/oidc"
	"github.com/acrhost/acrhost/host/store"
	"github.com/acrhost/acrhost/host/store/memory"
)

func restsOnBad(f *login.Finished) {
	f.Run.Modules = []string{"sha256:2", "sha256:bad"}
	f.Run.Evid = []journey.Evidence{{Method: "password", Digest: "sha256:1", Session: true}}
}

func (r *rig) revokeModule(digest string) {
	r.Helper()
	if _, err := r.store.RevokeModule(context.Background(), store.RevokedModule{Digest: digest, At: r.clock.now()}); err != nil {
		r.Error(err)
	}
}

// The grant rests on every module that ran, and on those behind the session's evidence.
func TestGrantRestsOnItsModules(t *testing.T) {
	for _, digest := range []string{"sha256:1", "sha256:2", "sha256:bad"} {
		r := newRig(t)
		r.login.change = restsOnBad
		got := r.tokens(nil)
		code := r.code("spa", nil)
		r.revokeModule(digest)
		r.wantError(r.post("/token", refresh(got["refresh_token"].(string), nil)), http.StatusBadRequest, "invalid_grant")
		r.wantError(r.post("/token", exchange(code, nil)), http.StatusBadRequest, "invalid_grant")
		if a := r.userinfo(got["access_token"].(string)); a.StatusCode != http.StatusUnauthorized {
			t.Errorf("%s: userinfo %d", digest, a.StatusCode)
		}
		// And nobody gets in by it any more.
		answer := r.get("/authorize", good("spa", nil)).sent(t)
		if answer.Get("error") != "server_error" || answer.Get("state") != "the state" || answer.Has("code") {
			t.Errorf("%s: %v", digest, answer)
		}
		events, err := r.store.Events(t.Context(), 1)
		if err != nil || events[0].Type != "login.failed" || !strings.Contains(events[0].Details["reason"].(string), "revoked module") {
			t.Errorf("%s: %v, %v", digest, events, err)
		}
	}
}

// revoking revokes a module just as the refresh token is stored: after the grant was
// looked at, and before the client is answered.
type revoking struct {
	*memory.Store
	revoke func()
}

func (s *revoking) Put(ctx context.Context, r store.Record) (int64, error) {
	if r.Kind == store.Refresh && s.revoke != nil {
		s.revoke()
	}
	return s.Store.Put(ctx, r)
}

// Attack: the thief exchanges a code, or refreshes, in the moment of the revocation.
func TestRevocationMeetsAnExchange(t *testing.T) {
	r := newRig(t)
	r.login.change = restsOnBad
	slow := &revoking{Store: r.store}
	c := r.provider.Config
	c.Artifacts = slow
	p := oidc.New(c)
	r.login.provider = p
	router := chi.NewRouter()
	p.Routes(router)
	r.server.Config.Handler = router
	raw := r.tokens(nil)["refresh_token"].(string)
	code := r.code("spa", nil)
	slow.revoke = func() { r.revokeModule("sha256:bad") }
	r.wantError(r.post("/token", exchange(code, nil)), http.StatusBadRequest, "invalid_grant")
	if err := r.store.AllowModule(t.Context(), "sha256:bad"); err != nil {
		t.Fatal(err)
	}
	r.wantError(r.post("/token", refresh(raw, nil)), http.StatusBadRequest, "invalid_grant")
	slow.revoke = nil
	raw = r.tokens(nil)["refresh_token"].(string)
	slow.revoke = func() { r.revokeModule("sha256:bad") }
	r.wantError(r.post("/token", refresh(raw, nil)), http.StatusBadRequest, "invalid_grant")
}
