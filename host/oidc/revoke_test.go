package oidc_test

import (
	"net/http"
	"net/url"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func (r *rig) revoke(client string, token any) reply {
	r.Helper()
	raw, _ := token.(string)
	return r.post("/revoke", url.Values{"token": {raw}, "client_id": {client}})
}

func TestRevokeRefreshToken(t *testing.T) {
	r := newRig(t)
	tokens := r.tokens(nil)
	if a := r.revoke("spa", tokens["refresh_token"]); a.StatusCode != http.StatusOK || a.body != "{}" || a.Header.Get("Content-Type") != "application/json" {
		t.Fatalf("%d %s", a.StatusCode, a.body)
	}
	r.wantError(r.post("/token", refresh(tokens["refresh_token"].(string), nil)), http.StatusBadRequest, "invalid_grant")
	if diff := cmp.Diff(inactive, r.inspect(tokens["access_token"])); diff != "" {
		t.Errorf("the access token of the grant: %s", diff)
	}
	if !slices.Contains(r.events(), "grant.revoked") {
		t.Errorf("events %v", r.events())
	}
	if a := r.revoke("spa", tokens["refresh_token"]); a.StatusCode != http.StatusOK {
		t.Errorf("a second time: %d", a.StatusCode)
	}
}

// A client that refreshes and signs out at once may revoke the refresh token that it has just
// used. It means the grant all the same, and is told that what it wants is so (RFC 7009 2.2).
func TestRevokeRefreshTokenThatWasUsed(t *testing.T) {
	r := newRig(t)
	used := r.tokens(nil)["refresh_token"]
	next := r.post("/token", refresh(used.(string), nil)).json(t)
	// Nobody else may.
	if a := r.revoke("short", used); a.StatusCode != http.StatusOK || r.inspect(next["access_token"])["active"] != true {
		t.Errorf("of another client: %d", a.StatusCode)
	}
	for range 2 {
		if a := r.revoke("spa", used); a.StatusCode != http.StatusOK {
			t.Fatalf("%d %s", a.StatusCode, a.body)
		}
	}
	if told := slices.DeleteFunc(r.events(), func(e string) bool { return e != "grant.revoked" }); len(told) != 1 {
		t.Errorf("the audit log has it %d times", len(told))
	}
	if diff := cmp.Diff(inactive, r.inspect(next["access_token"])); diff != "" {
		t.Error(diff)
	}
	r.wantError(r.post("/token", refresh(next["refresh_token"].(string), nil)), http.StatusBadRequest, "invalid_grant")
}

func TestRevokeAccessToken(t *testing.T) {
	r := newRig(t)
	tokens := r.tokens(nil)
	for range 2 {
		if a := r.revoke("spa", tokens["access_token"]); a.StatusCode != http.StatusOK {
			t.Fatalf("%d %s", a.StatusCode, a.body)
		}
	}
	if diff := cmp.Diff(inactive, r.inspect(tokens["access_token"])); diff != "" {
		t.Error(diff)
	}
	if a := r.userinfo(tokens["access_token"].(string)); a.StatusCode != http.StatusUnauthorized {
		t.Errorf("userinfo: %d", a.StatusCode)
	}
	again := r.post("/token", refresh(tokens["refresh_token"].(string), nil)).json(t)
	if got := r.inspect(again["access_token"]); got["active"] != true {
		t.Errorf("the grant's next access token: %v", got)
	}
}

// TestRevokeOfAnotherClient: nobody ends what is not theirs, nor learns whether it is.
func TestRevokeOfAnotherClient(t *testing.T) {
	r := newRig(t)
	tokens := r.tokens(nil)
	for _, kind := range []string{"refresh_token", "access_token"} {
		if a := r.revoke("short", tokens[kind]); a.StatusCode != http.StatusOK {
			t.Errorf("%s: %d", kind, a.StatusCode)
		}
	}
	if a := r.revoke("spa", "unknown"); a.StatusCode != http.StatusOK {
		t.Errorf("unknown: %d", a.StatusCode)
	}
	if a := r.revoke("spa", "a.b.c"); a.StatusCode != http.StatusOK {
		t.Errorf("no token of ours: %d", a.StatusCode)
	}
	if got := r.inspect(tokens["access_token"]); got["active"] != true {
		t.Errorf("got %v", got)
	}
	if a := r.post("/token", refresh(tokens["refresh_token"].(string), nil)); a.StatusCode != http.StatusOK {
		t.Errorf("refresh: %d %s", a.StatusCode, a.body)
	}
}

func TestRevokeNeedsTheClient(t *testing.T) {
	r := newRig(t)
	token := r.tokens(nil)["refresh_token"].(string)
	r.wantError(r.post("/revoke", url.Values{"token": {token}, "client_id": {"web"}}), http.StatusUnauthorized, "invalid_client")
	r.wantError(r.post("/revoke", url.Values{"token": {token}}), http.StatusUnauthorized, "invalid_client")
	r.wantError(r.post("/revoke", url.Values{"client_id": {"spa"}}), http.StatusBadRequest, "invalid_request")
}
