package account_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/acrhost/acrhost/host/account"
	"github.com/acrhost/acrhost/host/account/breached"
	"github.com/acrhost/acrhost/host/store"
)

// withBreached gives the service a list of these.
func withBreached(t *testing.T, passwords ...string) func(*account.Config) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "breached.txt")
	if err := os.WriteFile(path, []byte(strings.Join(passwords, "\n")), 0o600); err != nil {
		t.Fatal(err)
	}
	list, err := breached.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	return func(c *account.Config) { c.Breached = list }
}

// clocked is a fixture whose clock the test moves.
func clocked(t *testing.T, change ...func(*account.Config)) (*fixture, *time.Time) {
	t.Helper()
	now := time.Date(2026, 11, 25, 7, 0, 0, 0, time.UTC)
	return newFixture(t, append(change, func(c *account.Config) { c.Now = func() time.Time { return now } })...), &now
}

func TestTemporaryPasswordHasToBeChanged(t *testing.T) {
	f, now := clocked(t)
	u, err := f.Create(t.Context(), account.NewUser{Name: "alice", Password: password, Change: true})
	if err != nil {
		t.Fatal(err)
	}
	if v := f.verify(t, "alice", "wrong password"); v.OK || v.Change {
		t.Errorf("a wrong password: %+v", v)
	}
	if v := f.verify(t, "alice", password); !v.OK || !v.Change || v.User.ID != u.ID {
		t.Errorf("the password: %+v", v)
	}
	*now = now.Add(time.Second)
	if err := f.ChangePassword(t.Context(), u.ID, "my own password", *now); err != nil {
		t.Fatal(err)
	}
	if v := f.verify(t, "alice", "my own password"); !v.OK || v.Change {
		t.Errorf("the new password: %+v", v)
	}
	if err := f.SetTemporaryPassword(t.Context(), u.ID, password); err != nil || !f.verify(t, "alice", password).Change {
		t.Errorf("set for a while: %v", err)
	}
	if err := f.SetPassword(t.Context(), u.ID, password); err != nil || f.verify(t, "alice", password).Change {
		t.Errorf("set for good: %v", err)
	}
}

// That a password has to be changed outlives its hash.
func TestChangeStaysWhenTheHashIsRenewed(t *testing.T) {
	f := newFixture(t)
	u, err := f.Create(t.Context(), account.NewUser{Name: "alice", PasswordHash: imported()["bcrypt"], Change: true})
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if v := f.verify(t, "alice", password); !v.OK || !v.Change {
			t.Errorf("got %+v", v)
		}
	}
	if hash := f.stored(t, u.ID); !strings.HasPrefix(hash, "change;$argon2id$") {
		t.Errorf("stored %q", hash)
	}
}

func TestChangePasswordRefuses(t *testing.T) {
	f, now := clocked(t, withBreached(t, "password1", "winter tulips"))
	u := f.add(t, "alice")
	for _, test := range []struct {
		name, password string
		want           error
	}{
		{"a short one", "short", account.ErrTooShort},
		{"an endless one", strings.Repeat("x", account.MaxPasswordBytes+1), account.ErrTooLong},
		{"control characters", "a password\x00", account.ErrCharacters},
		{"a breached one", "winter tulips", account.ErrBreached},
		{"the old one", password, account.ErrSame},
		{"the old one with another space", "correct\u00a0horse", account.ErrSame},
	} {
		err := f.ChangePassword(t.Context(), u.ID, test.password, *now)
		if !errors.Is(err, test.want) || !errors.Is(err, account.ErrPassword) {
			t.Errorf("%s: %v, want %v", test.name, err, test.want)
		}
	}
	if err := f.SetPassword(t.Context(), u.ID, "password1"); !errors.Is(err, account.ErrBreached) {
		t.Errorf("SetPassword: %v", err)
	}
	if _, err := f.Create(t.Context(), account.NewUser{Name: "bob", Password: "password1"}); !errors.Is(err, account.ErrBreached) {
		t.Errorf("Create: %v", err)
	}
	if !f.can(t, "alice", password) {
		t.Error("the old password is gone")
	}
}

// The attack: a thief who got to the page on which to choose a password stays there,
// while the operator sets another one.
func TestChangeNeedsThePasswordThatWasVerified(t *testing.T) {
	f, now := clocked(t)
	u := f.add(t, "alice")
	verified := now.Add(time.Minute)
	*now = verified.Add(time.Minute)
	if err := f.SetPassword(t.Context(), u.ID, "set by the operator"); err != nil {
		t.Fatal(err)
	}
	if err := f.ChangePassword(t.Context(), u.ID, "the thief's own", verified); !errors.Is(err, account.ErrChangedSince) {
		t.Errorf("%v, want ErrChangedSince", err)
	}
	if !f.can(t, "alice", "set by the operator") {
		t.Error("the operator's password is gone")
	}
	bare, err := f.Create(t.Context(), account.NewUser{Name: "bare"})
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{bare.ID, "absent"} {
		if err := f.ChangePassword(t.Context(), id, "the thief's own", *now); !errors.Is(err, account.ErrChangedSince) {
			t.Errorf("%s: %v, want ErrChangedSince", id, err)
		}
	}
}

// Of changes that rest on one verification, one counts.
func TestOneVerificationIsOneChange(t *testing.T) {
	var mu sync.Mutex
	now := time.Date(2026, 11, 25, 7, 0, 0, 0, time.UTC)
	f := newFixture(t, func(c *account.Config) {
		c.Now = func() time.Time {
			mu.Lock()
			defer mu.Unlock()
			now = now.Add(time.Second)
			return now
		}
	})
	u := f.add(t, "alice")
	verified := time.Date(2026, 11, 25, 7, 0, 30, 0, time.UTC)
	now = verified
	var wg sync.WaitGroup
	results := make(chan error, 8)
	for i := range cap(results) {
		wg.Go(func() { results <- f.ChangePassword(t.Context(), u.ID, fmt.Sprintf("my password %d", i), verified) })
	}
	wg.Wait()
	close(results)
	done := 0
	for err := range results {
		if err == nil {
			done++
		} else if !errors.Is(err, account.ErrChangedSince) {
			t.Error(err)
		}
	}
	if done != 1 {
		t.Errorf("%d changes counted", done)
	}
}

func TestBreachedPasswordHasToBeChanged(t *testing.T) {
	f := newFixture(t)
	u := f.add(t, "alice")
	later := newFixture(t, withBreached(t, password), func(c *account.Config) { c.Users = f.users })
	if v := later.verify(t, "alice", password); !v.OK || !v.Change {
		t.Errorf("got %+v", v)
	}
	if v := later.verify(t, "alice", "wrong password"); v.OK || v.Change {
		t.Errorf("a wrong one: %+v", v)
	}
	if err := later.ChangePassword(t.Context(), u.ID, "a better password", time.Now()); err != nil {
		t.Fatal(err)
	}
	if v := later.verify(t, "alice", "a better password"); !v.OK || v.Change {
		t.Errorf("the new one: %+v", v)
	}
}

func TestFactorsSayWhenTheyWereUsed(t *testing.T) {
	f, now := clocked(t)
	u := f.add(t, "alice")
	made := *now
	*now = now.Add(time.Hour)
	used := *now
	f.verify(t, "alice", password)
	*now = now.Add(10 * time.Second)
	f.users.writes.Store(0)
	f.verify(t, "alice", password)
	if w := f.users.writes.Load(); w != 0 {
		t.Errorf("a second login within a minute writes %d times", w)
	}
	if _, err := f.users.PutCredential(t.Context(), store.Credential{ID: "k1", UserID: u.ID, Kind: "passkey", Label: "phone", Data: []byte("secret"), CreatedAt: used}); err != nil {
		t.Fatal(err)
	}
	got, err := f.Factors(t.Context(), u.ID)
	want := []account.Factor{
		{ID: "password:" + u.ID, Kind: "password", CreatedAt: made, LastUsedAt: used},
		{ID: "k1", Kind: "passkey", Name: "phone", CreatedAt: used},
	}
	if err != nil || fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got %v, %v, want %v", got, err, want)
	}
}

func TestRemoveFactor(t *testing.T) {
	f := newFixture(t)
	alice, bob := f.add(t, "alice"), f.add(t, "bob")
	// The attack, or the slip: a factor of somebody else.
	if err := f.RemoveFactor(t.Context(), alice.ID, "password:"+bob.ID); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("another user's factor: %v", err)
	}
	if err := f.RemoveFactor(t.Context(), alice.ID, "password:"+alice.ID); err != nil {
		t.Fatal(err)
	}
	if f.can(t, "alice", password) || !f.can(t, "bob", password) {
		t.Error("the wrong password was removed")
	}
	events, err := f.events.Events(t.Context(), 10)
	if err != nil || len(events) != 1 || events[0].Type != "factor.reset" || events[0].UserID != alice.ID || events[0].Details["kind"] != "password" {
		t.Errorf("events %+v, %v", events, err)
	}
}

func TestUpdate(t *testing.T) {
	f := newFixture(t)
	u := f.add(t, "alice")
	email, yes, no := "alice@example.com", true, false
	if err := f.Update(t.Context(), u.ID, account.Change{Email: &email, MustChange: &yes}); err != nil {
		t.Fatal(err)
	}
	if v := f.verify(t, "alice", password); !v.OK || !v.Change || v.User.Email != email {
		t.Errorf("got %+v", v)
	}
	if err := f.Update(t.Context(), u.ID, account.Change{PasswordHash: imported()["bcrypt"], Claims: map[string]any{"name": "A"}, MustChange: &no}); err != nil {
		t.Fatal(err)
	}
	if v := f.verify(t, "alice", password); !v.OK || v.Change || v.User.Email != email || v.User.Claims["name"] != "A" {
		t.Errorf("got %+v", v)
	}
	if err := f.Update(t.Context(), u.ID, account.Change{Disabled: &yes}); err != nil || f.can(t, "alice", password) {
		t.Errorf("a disabled user signs in, %v", err)
	}
	if err := f.Update(t.Context(), "absent", account.Change{Email: &email}); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("absent: %v", err)
	}
	if err := f.Update(t.Context(), u.ID, account.Change{Password: "short"}); !errors.Is(err, account.ErrPassword) {
		t.Errorf("short: %v", err)
	}
}
