package oidc_test

import (
	"net/http"
	"testing"
	"time"
)

// What modules of the OpenID Foundation's conformance suite demand of the token endpoint,
// by their names.
func TestConformanceToken(t *testing.T) {
	for name, demand := range map[string]func(*testing.T, *rig){
		"oidcc-codereuse": func(_ *testing.T, r *rig) {
			code := r.code("spa", nil)
			r.post("/token", exchange(code, nil))
			r.wantError(r.post("/token", exchange(code, nil)), http.StatusBadRequest, "invalid_grant")
		},
		// A code that is used again after 30 seconds is refused, and what came of it ends.
		"oidcc-codereuse-30seconds": func(t *testing.T, r *rig) {
			code := r.code("spa", nil)
			got := r.post("/token", exchange(code, nil)).json(t)
			access, again := got["access_token"].(string), got["refresh_token"].(string)
			r.clock.advance(30 * time.Second)
			if a := r.userinfo(access); a.StatusCode != http.StatusOK {
				t.Fatalf("before: %d", a.StatusCode)
			}
			r.wantError(r.post("/token", exchange(code, nil)), http.StatusBadRequest, "invalid_grant")
			r.refusedAt(r.userinfo(access), "invalid_token")
			if said := r.introspected(access); said["active"] != false {
				t.Errorf("introspection %v", said)
			}
			r.wantError(r.post("/token", refresh(again, nil)), http.StatusBadRequest, "invalid_grant")
		},
		// The same, when the code itself has expired meanwhile.
		"oidcc-codereuse-30seconds, after the code's end": func(_ *testing.T, r *rig) {
			code := r.code("spa", nil)
			access := r.post("/token", exchange(code, nil)).json(r.T)["access_token"].(string)
			r.clock.advance(4 * time.Minute)
			r.wantError(r.post("/token", exchange(code, nil)), http.StatusBadRequest, "invalid_grant")
			r.refusedAt(r.userinfo(access), "invalid_token")
		},
	} {
		t.Run(name, func(t *testing.T) { demand(t, newRig(t)) })
	}
}
