package storetest

import (
	"errors"
	"testing"
	"time"

	"github.com/acrhost/acrhost/host/store"
)

func credentials(t *testing.T, open Open) {
	s, _ := begin(t, open)
	putUser(t, s, user("u1", "alice"))
	putUser(t, s, user("u2", "bob"))
	put := func(c store.Credential) store.Credential {
		t.Helper()
		version, err := s.PutCredential(t.Context(), c)
		must(t, err)
		c.Version = version
		return c
	}
	younger := put(store.Credential{ID: "a", UserID: "u1", Kind: "totp", Label: "phone", Data: []byte{0, 1}, CreatedAt: start.Add(time.Second), LastUsedAt: start.Add(time.Hour)})
	older := put(store.Credential{ID: "b", UserID: "u1", Kind: "password", Data: []byte("hash"), CreatedAt: start})
	equal(t, list(t, s, "u1"), []store.Credential{older, younger})
	equal(t, len(list(t, s, "u2")), 0)

	stale := older
	older.Data = []byte("new hash")
	older = put(older)
	stolen := older
	stolen.UserID = "u2"
	homeless := store.Credential{ID: "c", UserID: "absent"}
	again := older
	again.Version = 0
	for name, test := range map[string]struct {
		c    store.Credential
		want error
	}{
		"an old version":         {stale, store.ErrConflict},
		"a second one":           {again, store.ErrConflict},
		"that of another user":   {stolen, store.ErrConflict},
		"that of no user":        {homeless, store.ErrNotFound},
		"a version of an absent": {store.Credential{ID: "c", UserID: "u1", Version: 1}, store.ErrConflict},
		"a version of no user's": {store.Credential{ID: "c", UserID: "absent", Version: 1}, store.ErrNotFound},
	} {
		if _, err := s.PutCredential(t.Context(), test.c); !errors.Is(err, test.want) {
			t.Errorf("%s: %v, want %v", name, err, test.want)
		}
	}
	equal(t, list(t, s, "u1"), []store.Credential{older, younger})

	got := list(t, s, "u1")
	got[0].Data[0] = 'X'
	equal(t, list(t, s, "u1"), []store.Credential{older, younger})

	must(t, s.RemoveCredential(t.Context(), "b"))
	if err := s.RemoveCredential(t.Context(), "b"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("removed twice: %v, want ErrNotFound", err)
	}
	equal(t, list(t, s, "u1"), []store.Credential{younger})
}

func list(t *testing.T, s store.Store, userID string) []store.Credential {
	t.Helper()
	found, err := s.Credentials(t.Context(), userID)
	must(t, err)
	return found
}
