package storetest

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/acrhost/acrhost/host/store"
)

func users(t *testing.T, open Open) {
	for name, test := range map[string]func(*testing.T, store.Store){
		"a user comes back as it was":         userComesBack,
		"what a caller holds is not stored":   userIsCopied,
		"names are unique without their case": namesAreUnique,
		"a user may change the name":          nameChanges,
		"a user that changed meanwhile":       userVersions,
		"names that nobody may have":          badNames,
		"users are listed page by page":       paging,
		"a removed user is gone":              userIsRemoved,
		"users are found by verified e-mail":  userByEmail,
		"a credential is found by its id":     credentialByID,
	} {
		t.Run(name, func(t *testing.T) {
			s, _ := begin(t, open)
			test(t, s)
		})
	}
}

func user(id, name string) store.User {
	return store.User{ID: id, Name: name, CreatedAt: start, UpdatedAt: start}
}

func putUser(t *testing.T, s store.Store, u store.User) store.User {
	t.Helper()
	version, err := s.PutUser(t.Context(), u)
	must(t, err)
	u.Version = version
	return u
}

func userComesBack(t *testing.T, s store.Store) {
	full := store.User{
		ID: "u1", Name: "Alice", Email: "Alice@example.com", EmailVerified: true,
		Phone: "+15555550101", PhoneVerified: true, Disabled: true,
		Claims: map[string]any{
			"name": "Alice <b>", "age": float64(42), "ok": true, "none": nil,
			"address": map[string]any{"locality": "Köln"}, "groups": []any{"a", float64(1)},
		},
		CreatedAt: start, UpdatedAt: start.Add(time.Hour),
	}
	for _, u := range []store.User{full, {ID: "u2", Name: "bob"}} {
		u = putUser(t, s, u)
		got, err := s.User(t.Context(), u.ID)
		must(t, err)
		equal(t, got, u)
		got, err = s.UserByName(t.Context(), u.Name)
		must(t, err)
		equal(t, got, u)
	}
	if _, err := s.User(t.Context(), "absent"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("an absent user: %v, want ErrNotFound", err)
	}
	if _, err := s.UserByName(t.Context(), "carol"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("an absent name: %v, want ErrNotFound", err)
	}
}

func userIsCopied(t *testing.T, s store.Store) {
	u := user("u1", "alice")
	u.Claims = map[string]any{"name": "Alice"}
	putUser(t, s, u)
	u.Claims["name"] = "Mallory"
	for range 2 {
		got, err := s.User(t.Context(), "u1")
		must(t, err)
		equal(t, got.Claims, map[string]any{"name": "Alice"})
		got.Claims["name"] = "Mallory"
	}
}

func namesAreUnique(t *testing.T, s store.Store) {
	want := putUser(t, s, user("u1", "Zoë"))
	for _, name := range []string{"Zoë", "zoë", "ZOË", "zoe\u0308", "ＺＯË"} {
		if _, err := s.PutUser(t.Context(), user("u2", name)); !errors.Is(err, store.ErrConflict) {
			t.Errorf("a second user %q: %v, want ErrConflict", name, err)
		}
		got, err := s.UserByName(t.Context(), name)
		must(t, err)
		equal(t, got, want)
	}
	putUser(t, s, user("u2", "zoe"))
}

func nameChanges(t *testing.T, s store.Store) {
	alice := putUser(t, s, user("u1", "alice"))
	bob := putUser(t, s, user("u2", "bob"))
	alice.Name = "Alice"
	alice = putUser(t, s, alice)
	alice.Name = "BOB"
	if _, err := s.PutUser(t.Context(), alice); !errors.Is(err, store.ErrConflict) {
		t.Errorf("a name that is taken: %v, want ErrConflict", err)
	}
	bob.Name = "robert"
	putUser(t, s, bob)
	alice = putUser(t, s, alice)
	got, err := s.UserByName(t.Context(), "bob")
	must(t, err)
	equal(t, got, alice)
	if _, err := s.UserByName(t.Context(), "alice"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("the old name still finds someone: %v", err)
	}
}

func userVersions(t *testing.T, s store.Store) {
	u := putUser(t, s, user("u1", "alice"))
	next := u
	next.Email = "alice@example.com"
	next = putUser(t, s, next)
	for _, version := range []int64{0, u.Version, next.Version + 1} {
		stale := u
		stale.Version = version
		if _, err := s.PutUser(t.Context(), stale); !errors.Is(err, store.ErrConflict) {
			t.Errorf("version %d: %v, want ErrConflict", version, err)
		}
	}
	absent := user("absent", "absent")
	absent.Version = 1
	if _, err := s.PutUser(t.Context(), absent); !errors.Is(err, store.ErrConflict) {
		t.Errorf("a new version of an absent user: %v, want ErrConflict", err)
	}
	got, err := s.User(t.Context(), "u1")
	must(t, err)
	equal(t, got, next)
}

func badNames(t *testing.T, s store.Store) {
	for _, name := range []string{"", "a b", "a\x00", "\xff", strings.Repeat("a", store.MaxNameBytes+1)} {
		if _, err := s.PutUser(t.Context(), user("u1", name)); !errors.Is(err, store.ErrName) {
			t.Errorf("PutUser(%q): %v, want ErrName", name, err)
		}
		if _, err := s.UserByName(t.Context(), name); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("UserByName(%q): %v, want ErrNotFound", name, err)
		}
	}
}

func paging(t *testing.T, s store.Store) {
	var want []string
	for i := range 7 {
		name := fmt.Sprintf("User%d", i)
		want = append(want, name)
		putUser(t, s, user(fmt.Sprintf("id%d", 9-i), name))
	}
	var got []string
	for after := ""; ; {
		page, err := s.ListUsers(t.Context(), after, 3)
		must(t, err)
		if len(page) == 0 {
			break
		}
		for _, u := range page {
			got = append(got, u.Name)
		}
		after = page[len(page)-1].Name
	}
	equal(t, got, want)
	for _, limit := range []int{0, -1} {
		page, err := s.ListUsers(t.Context(), "", limit)
		must(t, err)
		equal(t, len(page), 0)
	}
	if _, err := s.ListUsers(t.Context(), "a b", 3); !errors.Is(err, store.ErrName) {
		t.Errorf("after a bad name: %v, want ErrName", err)
	}
}

func userIsRemoved(t *testing.T, s store.Store) {
	putUser(t, s, user("u1", "alice"))
	putUser(t, s, user("u2", "bob"))
	for _, id := range []string{"u1", "u2"} {
		_, err := s.PutCredential(t.Context(), store.Credential{ID: "c" + id, UserID: id, Kind: "password"})
		must(t, err)
		session := record("s"+id, store.SessionsOf(id))
		session.Kind = store.Session
		_, err = s.Put(t.Context(), session)
		must(t, err)
	}
	must(t, s.RemoveUser(t.Context(), "u1"))
	if err := s.RemoveUser(t.Context(), "u1"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("removed twice: %v, want ErrNotFound", err)
	}
	for id, want := range map[string]int{"u1": 0, "u2": 1} {
		found, err := s.Credentials(t.Context(), id)
		must(t, err)
		equal(t, len(found), want)
		sessions, err := s.Group(t.Context(), store.Session, store.SessionsOf(id), 10)
		must(t, err)
		equal(t, len(sessions), want)
	}
	putUser(t, s, user("u3", "ALICE"))
}
