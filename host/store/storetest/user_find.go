package storetest

import (
	"errors"
	"testing"

	"github.com/acrhost/acrhost/host/store"
)

func userByEmail(t *testing.T, s store.Store) {
	for _, u := range []store.User{
		{ID: "u1", Name: "alice", Email: "Kim@Example.com", EmailVerified: true},
		{ID: "u2", Name: "bob", Email: "kim@example.com", EmailVerified: true},
		{ID: "u3", Name: "carol", Email: "kim@example.com"},
		{ID: "u4", Name: "dave", Email: "\u212Aim@example.com", EmailVerified: true}, // the Kelvin sign is no k
		{ID: "u5", Name: "erin", EmailVerified: true},
	} {
		putUser(t, s, u)
	}
	for email, want := range map[string]int{"KIM@example.COM": 2, "\u212Aim@example.com": 1, "%": 0, "": 0, "other@example.com": 0} {
		found, err := s.UsersByEmail(t.Context(), email, 5)
		must(t, err)
		equal(t, len(found), want)
	}
	found, err := s.UsersByEmail(t.Context(), "kim@example.com", 1)
	must(t, err)
	if len(found) != 1 || found[0].Name != "alice" {
		t.Errorf("the first by id: %v", found)
	}
}

func credentialByID(t *testing.T, s store.Store) {
	putUser(t, s, user("u1", "alice"))
	c := store.Credential{ID: "upstream:1", UserID: "u1", Kind: "upstream", Label: "acme", Data: []byte("x"), CreatedAt: start}
	version, err := s.PutCredential(t.Context(), c)
	must(t, err)
	c.Version = version
	got, err := s.Credential(t.Context(), c.ID)
	must(t, err)
	got.LastUsedAt = c.LastUsedAt // zero, in whatever zone
	equal(t, got, c)
	if _, err := s.Credential(t.Context(), "upstream:2"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("another id: %v", err)
	}
}
