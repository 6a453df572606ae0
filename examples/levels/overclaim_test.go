package levels

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/acrhost/acrhost/host/config"
	"github.com/acrhost/acrhost/host/hosttest"
	"github.com/acrhost/acrhost/host/store"
	"github.com/acrhost/acrhost/host/store/backend"
)

// grantsAndEvents are what a store holds of a client.
func grantsAndEvents(t *testing.T, dsn string) (grants []store.Grant, events []store.Event) {
	t.Helper()
	s, err := backend.Open(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if grants, err = s.ListGrants(t.Context(), store.GrantFilter{ClientID: "vendor"}, "", 10); err != nil {
		t.Fatal(err)
	}
	if events, err = s.Events(t.Context(), 10); err != nil {
		t.Fatal(err)
	}
	return grants, events
}

// TestOverclaim: a module that claims phr, and has the grant for it, is believed after
// a passkey, and not after a password: then the login ends, the audit log says why,
// and nothing that a token could come from exists.
func TestOverclaim(t *testing.T) {
	cfg := load(t)
	dsn := "sqlite:" + filepath.Join(t.TempDir(), "levels.db")
	cfg.Store = config.Store{DSN: dsn, SealKeyFile: cfg.Store.SealKeyFile}
	s := hosttest.OpenConfig(t, cfg)
	owner := s.Person(t, "alice")
	setUp(t, s, owner)
	t.Run("after a password", func(t *testing.T) {
		alice := s.Person(t, "alice")
		alice.Picks = []string{"password"}
		got := s.LogIn(t, alice, "vendor", "acr_values=phr")
		if got.String() != "choice, password: server_error" || got.Params.Has("code") {
			t.Errorf("got %s, %v", got, got.Params)
		}
		if text := fmt.Sprint(got.Params); strings.Contains(text, "hwk") || strings.Contains(text, "violation") {
			t.Errorf("the client is told too much: %s", text)
		}
		grants, events := grantsAndEvents(t, dsn)
		if len(grants) != 0 {
			t.Errorf("grants: %+v", grants)
		}
		last := events[0]
		reason, _ := last.Details["reason"].(string)
		if last.Type != "login.failed" || last.Client != "vendor" || !strings.Contains(reason, "grant_violation") || !strings.Contains(reason, `"claim"`) {
			t.Errorf("audit: %+v", last)
		}
		if v := events[1]; v.Type != "grant.violation" || v.Client != "vendor" || v.Run != last.Run || v.Details["step"] != "claim" || v.Details["digest"] == "" {
			t.Errorf("audit: %+v", v)
		}
	})
	t.Run("after a passkey", func(t *testing.T) {
		alice := s.Person(t, "alice")
		alice.Picks, alice.Key = []string{"passkey"}, owner.Key
		if got := s.LogIn(t, alice, "vendor", "acr_values=phr").String(); got != "choice, passkey: phr" {
			t.Errorf("got %s", got)
		}
		grants, events := grantsAndEvents(t, dsn)
		if len(grants) != 1 || *grants[0].ACR != "phr" || events[0].Type != "login.ok" {
			t.Errorf("grants %+v, events %+v", grants, events)
		}
	})
}
