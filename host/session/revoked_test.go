package session_test

import (
	"context"
	"errors"
	"testing"

	"github.com/acrhost/acrhost/host/journey"
	"github.com/acrhost/acrhost/host/store"
	"github.com/acrhost/acrhost/host/store/memory"
)

// TestRevokedModule: what a module verified stops to count when it is revoked, and is gone
// for good with the next renewal.
func TestRevokedModule(t *testing.T) {
	r := newRig(t)
	modules := memory.New()
	r.Modules = modules
	bad := journey.Evidence{Method: "pwd", AMR: []string{"pwd"}, At: began, Digest: "sha256:bad"}
	good := journey.Evidence{Method: "otp", AMR: []string{"otp"}, At: began, Digest: "sha256:good"}
	_, cookie := r.renew(nil, "alice", bad, good)
	if got := r.lookup(cookie).Evidence; len(got) != 2 || got[0].Digest != "sha256:bad" {
		t.Fatalf("before: %+v", got)
	}
	if _, err := modules.RevokeModule(t.Context(), store.RevokedModule{Digest: "sha256:bad", At: began}); err != nil {
		t.Fatal(err)
	}
	s := r.lookup(cookie)
	if len(s.Evidence) != 1 || s.Evidence[0].Digest != "sha256:good" {
		t.Errorf("revoked: %+v", s.Evidence)
	}
	if all, err := r.Of(t.Context(), "alice"); err != nil || len(all) != 1 || len(all[0].Evidence) != 1 {
		t.Errorf("listed: %+v, %v", all, err)
	}
	if m, err := r.Revoked(t.Context(), []string{"sha256:good", "sha256:bad"}); err != nil || m == nil || m.Digest != "sha256:bad" {
		t.Errorf("Revoked: %v, %v", m, err)
	}
	if m, err := r.Revoked(t.Context(), []string{"sha256:good"}); err != nil || m != nil {
		t.Errorf("Revoked of a good one: %v, %v", m, err)
	}
	_, cookie = r.renew(s, "alice")
	if err := modules.AllowModule(t.Context(), "sha256:bad"); err != nil {
		t.Fatal(err)
	}
	if got := r.lookup(cookie).Evidence; len(got) != 1 {
		t.Errorf("after a renewal and allow: %+v", got)
	}
}

// A list that can't be read is no empty list.
func TestRevokedModulesUnknown(t *testing.T) {
	r := newRig(t)
	_, cookie := r.renew(nil, "alice", journey.Evidence{Method: "pwd", At: began})
	r.Modules = broken{}
	if s, err := r.Lookup(request(cookie)); err == nil || s != nil {
		t.Errorf("session %+v, %v", s, err)
	}
}

type broken struct{ store.Modules }

func (broken) RevokedModules(context.Context) ([]store.RevokedModule, error) {
	return nil, errors.New("no disk")
}
