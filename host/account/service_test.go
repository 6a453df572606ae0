package account_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/acrhost/acrhost/host/account"
	"github.com/acrhost/acrhost/host/account/passhash"
	"github.com/acrhost/acrhost/host/store"
)

func TestAccountFromCreateToRemove(t *testing.T) {
	f := newFixture(t)
	created, err := f.Create(t.Context(), account.NewUser{Name: "Alice", Password: password, Email: "a@example.com", Claims: map[string]any{"name": "Alice"}})
	if err != nil {
		t.Fatal(err)
	}
	found, err := f.Find(t.Context(), "ALICE")
	if err != nil {
		t.Fatal(err)
	}
	byID, err := f.User(t.Context(), created.ID)
	if err != nil {
		t.Fatal(err)
	}
	listed, err := f.List(t.Context(), "", 10)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]store.User{found, found}, append(listed, byID)); diff != "" {
		t.Error(diff)
	}
	if found.ID != created.ID || found.Name != "Alice" || found.Claims["name"] != "Alice" {
		t.Errorf("found %+v", found)
	}
	if !f.can(t, "alice", password) {
		t.Error("the password is not accepted")
	}
	if err := f.Remove(t.Context(), created.ID); err != nil {
		t.Fatal(err)
	}
	if f.can(t, "alice", password) {
		t.Error("a removed user signs in")
	}
	if _, err := f.Find(t.Context(), "alice"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("Find: %v, want ErrNotFound", err)
	}
}

func TestCreateRefuses(t *testing.T) {
	f := newFixture(t)
	f.add(t, "alice")
	for _, test := range []struct {
		name string
		user account.NewUser
		want error
	}{
		{"a name that is taken", account.NewUser{Name: "ALICE", Password: password}, account.ErrNameTaken},
		{"an empty name", account.NewUser{Password: password}, store.ErrName},
		{"a name with a space", account.NewUser{Name: "a b", Password: password}, store.ErrName},
		{"a short password", account.NewUser{Name: "bob", Password: "1234567"}, account.ErrPassword},
		{"a short password of many bytes", account.NewUser{Name: "bob", Password: "ééééééé"}, account.ErrPassword},
		{"a long password", account.NewUser{Name: "bob", Password: strings.Repeat("x", account.MaxPasswordBytes+1)}, account.ErrPassword},
		{"a password with a control", account.NewUser{Name: "bob", Password: "hunter2\x00hunter2"}, account.ErrPassword},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := f.Create(t.Context(), test.user)
			if !errors.Is(err, test.want) {
				t.Fatalf("%v, want %v", err, test.want)
			}
			if p := test.user.Password; p != "" && strings.Contains(err.Error(), p) {
				t.Errorf("the error repeats the password: %v", err)
			}
			if _, err := f.Find(t.Context(), "bob"); !errors.Is(err, store.ErrNotFound) {
				t.Errorf("something is left behind: %v", err)
			}
		})
	}
}

// A user whose password can't be stored is not left without one.
func TestCreateLeavesNothingHalf(t *testing.T) {
	broken := errors.New("disk full")
	f := newFixture(t)
	f.users.refuse = func(store.Credential) error { return broken }
	if _, err := f.Create(t.Context(), account.NewUser{Name: "alice", Password: password}); !errors.Is(err, broken) {
		t.Errorf("Create: %v, want %v", err, broken)
	}
	if _, err := f.Find(t.Context(), "alice"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("Find: %v, want ErrNotFound", err)
	}
}

func TestNewRefusesACostThatNobodyCanPay(t *testing.T) {
	for _, cost := range []passhash.Cost{{MemoryKiB: 7}, {MemoryKiB: 1<<20 + 1}, {Iterations: 65}} {
		if _, err := account.New(account.Config{Cost: cost}); err == nil {
			t.Errorf("cost %+v was accepted", cost)
		}
	}
}

func TestClaims(t *testing.T) {
	f := newFixture(t)
	profile := map[string]any{"name": "Alice", "acr": "9", "sub": "admin", "email": "admin@example.com", "email_verified": true, "department": "x"}
	u := store.User{ID: "u1", Name: "alice", Claims: profile}
	want := map[string]any{"name": "Alice", "department": "x", "preferred_username": "alice"}
	if diff := cmp.Diff(want, f.Claims(u)); diff != "" {
		t.Errorf("without own fields, -want +got:\n%s", diff)
	}
	u.Email, u.Phone, u.PhoneVerified = "alice@example.com", "+15555550101", true
	want["email"], want["email_verified"] = "alice@example.com", false
	want["phone_number"], want["phone_number_verified"] = "+15555550101", true
	if diff := cmp.Diff(want, f.Claims(u)); diff != "" {
		t.Errorf("with own fields, -want +got:\n%s", diff)
	}
	if profile["sub"] != "admin" {
		t.Error("the profile itself was changed")
	}
}
