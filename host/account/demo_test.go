package account_test

import (
	"bytes"
	"errors"
	"sync"
	"testing"

	"github.com/acrhost/acrhost/host/account"
)

func demoUsers() []account.DemoUser {
	return []account.DemoUser{
		{Name: "alice", Password: password, Email: "alice@example.com", Phone: "+15555550101", Claims: map[string]any{"name": "Alice", "age": 42}},
		{Name: "bob", Password: "winter tulips"},
	}
}

func (f *fixture) ensure(t *testing.T, users []account.DemoUser) {
	t.Helper()
	f.hashes.Store(0)
	f.users.writes.Store(0)
	if err := f.EnsureDemo(t.Context(), users); err != nil {
		t.Fatal(err)
	}
}

func TestDemoUsersAreMadeOnce(t *testing.T) {
	f := newFixture(t)
	f.ensure(t, demoUsers())
	alice, err := f.Find(t.Context(), "alice")
	if err != nil {
		t.Fatal(err)
	}
	if !alice.EmailVerified || !alice.PhoneVerified || alice.Claims["name"] != "Alice" {
		t.Errorf("alice is %+v", alice)
	}
	if !f.can(t, "alice", password) || !f.can(t, "bob", "winter tulips") {
		t.Error("the demo's users can't sign in")
	}
	f.ensure(t, demoUsers())
	if h, w := f.hashes.Load(), f.users.writes.Load(); h != 0 || w != 0 {
		t.Errorf("a second start computes %d hashes and writes %d times", h, w)
	}
	credentials, err := f.users.Credentials(t.Context(), alice.ID)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range credentials {
		if bytes.Contains(c.Data, []byte(password)) {
			t.Errorf("credential %s holds the password", c.Kind)
		}
	}
}

func TestDemoUsersFollowTheConfiguration(t *testing.T) {
	f := newFixture(t)
	f.ensure(t, demoUsers())
	before, err := f.Find(t.Context(), "alice")
	if err != nil {
		t.Fatal(err)
	}
	changed := demoUsers()
	changed[0].Password, changed[0].Phone = "another password", ""
	f.ensure(t, changed)
	if f.can(t, "alice", password) || !f.can(t, "alice", "another password") {
		t.Error("the password did not change")
	}
	after, err := f.Find(t.Context(), "alice")
	if err != nil || after.ID != before.ID || after.Phone != "" || after.PhoneVerified {
		t.Errorf("alice is %+v, %v", after, err)
	}
	// What somebody else changed since stays until the configuration changes again.
	if err := f.SetPassword(t.Context(), after.ID, "set by hand"); err != nil {
		t.Fatal(err)
	}
	f.ensure(t, changed)
	if !f.can(t, "alice", "set by hand") {
		t.Error("a start undid a change")
	}
	if err := f.Remove(t.Context(), after.ID); err != nil {
		t.Fatal(err)
	}
	f.ensure(t, changed)
	if !f.can(t, "alice", "another password") {
		t.Error("a removed demo user did not come back")
	}
}

func TestDemoNeverTakesOverAnAccount(t *testing.T) {
	f := newFixture(t)
	if _, err := f.Create(t.Context(), account.NewUser{Name: "Alice", Password: "a real password"}); err != nil {
		t.Fatal(err)
	}
	if err := f.EnsureDemo(t.Context(), demoUsers()); !errors.Is(err, account.ErrNameTaken) {
		t.Errorf("EnsureDemo: %v, want ErrNameTaken", err)
	}
	if f.can(t, "alice", password) || !f.can(t, "alice", "a real password") {
		t.Error("the demo took over an account")
	}
}

func TestDemoRefusesWhatNoUserMayHave(t *testing.T) {
	f := newFixture(t)
	for _, u := range []account.DemoUser{{Name: "a b", Password: password}, {Name: "alice", Password: "short"}, {Name: "alice"}} {
		if err := f.EnsureDemo(t.Context(), []account.DemoUser{u}); err == nil {
			t.Errorf("%+v was accepted", u)
		}
	}
}

func TestHostsThatStartAtOnceMakeTheDemoUsersTogether(t *testing.T) {
	f := newFixture(t)
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() {
			if err := f.EnsureDemo(t.Context(), demoUsers()); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if !f.can(t, "alice", password) || !f.can(t, "bob", "winter tulips") {
		t.Error("the demo's users can't sign in")
	}
}
