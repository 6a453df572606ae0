package account_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/acrhost/acrhost/host/account"
	"github.com/acrhost/acrhost/host/store"
)

func TestVerifyPassword(t *testing.T) {
	f := newFixture(t)
	f.add(t, "alice")
	composed := "caf\u00e9 au lait"
	if _, err := f.Create(t.Context(), account.NewUser{Name: "bob", Password: composed}); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name, user, password string
		want                 bool
	}{
		{"right", "alice", password, true},
		{"name in another case", "ALICE", password, true},
		{"another case", "alice", strings.ToUpper(password), false},
		{"a beginning", "alice", password[:len(password)-1], false},
		{"more", "alice", password + " ", false},
		{"empty", "alice", "", false},
		{"another user's", "bob", password, false},
		{"nobody's", "carol", password, false},
		{"not a name", "a b\x00", password, false},
		{"composed as it was set", "bob", composed, true},
		{"decomposed, as a Mac may send it", "bob", "cafe\u0301 au lait", true},
		{"with another space", "bob", "caf\u00e9\u00a0au lait", true},
		{"a control character", "alice", password + "\x00", false},
		{"endless", "alice", strings.Repeat("x", 1<<20), false},
		{"not UTF-8", "alice", "\xff\xfe", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := f.can(t, test.user, test.password); got != test.want {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
}

// Who can't sign in learns nothing from the work that is done for the answer.
func TestEveryRefusalTakesTheSameWork(t *testing.T) {
	f := newFixture(t)
	f.add(t, "alice")
	disabled := f.add(t, "disabled")
	disabled.Disabled = true
	if _, err := f.users.PutUser(t.Context(), disabled); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Create(t.Context(), account.NewUser{Name: "bare"}); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ name, user, password string }{
		{"wrong password", "alice", "wrong password"},
		{"no password", "alice", ""},
		{"impossible password", "alice", "\x00"},
		{"endless password", "alice", strings.Repeat("x", 1<<20)},
		{"unknown user", "mallory", password},
		{"impossible user", "a b", password},
		{"empty user", "", password},
		{"disabled user", "disabled", password},
		{"user without a password", "bare", password},
	} {
		t.Run(test.name, func(t *testing.T) {
			f.hashes.Store(0)
			f.users.reads.Store(0)
			f.users.writes.Store(0)
			if f.can(t, test.user, test.password) {
				t.Error("signed in")
			}
			if h, r, w := f.hashes.Load(), f.users.reads.Load(), f.users.writes.Load(); h != 1 || r != 2 || w != 0 {
				t.Errorf("%d hashes, %d reads and %d writes, want 1, 2 and 0", h, r, w)
			}
		})
	}
}

func TestSetPassword(t *testing.T) {
	f := newFixture(t)
	u := f.add(t, "alice")
	if err := f.SetPassword(t.Context(), u.ID, "new password"); err != nil {
		t.Fatal(err)
	}
	if f.can(t, "alice", password) || !f.can(t, "alice", "new password") {
		t.Error("the old password is in force")
	}
	if err := f.SetPassword(t.Context(), u.ID, "short"); !errors.Is(err, account.ErrPassword) {
		t.Errorf("a short one: %v, want ErrPassword", err)
	}
	if err := f.SetPassword(t.Context(), "absent", "new password"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("an absent user: %v, want ErrNotFound", err)
	}
	bare, err := f.Create(t.Context(), account.NewUser{Name: "bare"})
	if err != nil {
		t.Fatal(err)
	}
	if err := f.SetPassword(t.Context(), bare.ID, password); err != nil || !f.can(t, "bare", password) {
		t.Errorf("a first password: %v", err)
	}
}

func TestPasswordSetFromManySidesIsOneOfThem(t *testing.T) {
	f := newFixture(t)
	u, err := f.Create(t.Context(), account.NewUser{Name: "alice"})
	if err != nil {
		t.Fatal(err)
	}
	choices := []string{"password A", "password B", "password C", "password D"}
	var wg sync.WaitGroup
	for _, choice := range choices {
		wg.Go(func() {
			if err := f.SetPassword(t.Context(), u.ID, choice); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	accepted := 0
	for _, choice := range choices {
		if f.can(t, "alice", choice) {
			accepted++
		}
	}
	all, err := f.users.Credentials(t.Context(), u.ID)
	if err != nil || accepted != 1 || len(all) != 1 {
		t.Errorf("%d passwords accepted, %d credentials, %v", accepted, len(all), err)
	}
}

func TestHashIsRenewedWhenTheCostChanged(t *testing.T) {
	f := newFixture(t)
	u := f.add(t, "alice")
	stored := func() string { return f.stored(t, u.ID) }
	if old := stored(); !strings.HasPrefix(old, "$argon2id$v=19$m=8,t=1,p=1$") {
		t.Fatalf("stored %q", old)
	}
	dearer := newFixture(t, func(c *account.Config) { c.Users, c.Cost.Iterations = f.users, 2 })
	if dearer.can(t, "alice", "wrong password") || !strings.Contains(stored(), "t=1,") {
		t.Error("a wrong password renewed the hash")
	}
	if !dearer.can(t, "alice", password) {
		t.Fatal("the password is not accepted at another cost")
	}
	renewed := stored()
	if !strings.HasPrefix(renewed, "$argon2id$v=19$m=8,t=2,p=1$") {
		t.Errorf("stored %q", renewed)
	}
	if !dearer.can(t, "alice", password) || stored() != renewed {
		t.Error("the renewed hash is not accepted, or was renewed again")
	}
}

func TestDamagedHashIsAnErrorAndNoLogin(t *testing.T) {
	f := newFixture(t)
	u, err := f.Create(t.Context(), account.NewUser{Name: "alice"})
	if err != nil {
		t.Fatal(err)
	}
	c := store.Credential{ID: "c", UserID: u.ID, Kind: "password", Data: []byte("$argon2id$v=19$m=4294967295,t=1,p=1$c2VjcmV0c2FsdA$c2VjcmV0aGFzaHNlY3JldGhhc2g")}
	if _, err := f.users.PutCredential(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	v, err := f.VerifyPassword(t.Context(), "alice", password)
	if v.OK || err == nil || strings.Contains(err.Error(), "c2Vj") {
		t.Errorf("ok %v, error %v", v.OK, err)
	}
}

// A flood of logins takes no more memory than Parallel hashes, and those whose
// turn does not come are told so.
func TestHashesAtOnceAreBounded(t *testing.T) {
	const parallel, callers = 3, 30
	var now, most atomic.Int64
	entered, hold := make(chan struct{}, callers), make(chan struct{})
	f := newFixture(t, func(c *account.Config) {
		c.Parallel, c.Wait = parallel, time.Hour
		c.Hashed = func(uint32) {
			n := now.Add(1)
			for seen := most.Load(); n > seen && !most.CompareAndSwap(seen, n); seen = most.Load() {
			}
			entered <- struct{}{}
			<-hold
			now.Add(-1)
		}
	})
	ctx, cancel := context.WithCancel(t.Context())
	var ok, busy atomic.Int64
	var wg sync.WaitGroup
	for range callers {
		wg.Go(func() {
			switch _, err := f.VerifyPassword(ctx, "mallory", password); {
			case err == nil:
				ok.Add(1)
			case errors.Is(err, account.ErrBusy) && errors.Is(err, context.Canceled):
				busy.Add(1)
			default:
				t.Error(err)
			}
		})
	}
	for range parallel {
		<-entered // all turns are taken
	}
	cancel()
	for busy.Load() < callers-parallel {
		time.Sleep(time.Millisecond)
	}
	close(hold)
	wg.Wait()
	if ok.Load() != parallel || busy.Load() != callers-parallel || most.Load() != parallel {
		t.Errorf("%d answers, %d refusals, %d at once", ok.Load(), busy.Load(), most.Load())
	}
	// Every turn was given back.
	hold = make(chan struct{})
	close(hold)
	if f.can(t, "mallory", password) {
		t.Error("signed in")
	}
}

func TestBusyHostRefusesAfterItsWait(t *testing.T) {
	hold, entered := make(chan struct{}), make(chan struct{}, 1)
	f := newFixture(t, func(c *account.Config) {
		c.Parallel, c.Wait = 1, time.Millisecond
		c.Hashed = func(uint32) { entered <- struct{}{}; <-hold }
	})
	var wg sync.WaitGroup
	wg.Go(func() { _, _ = f.VerifyPassword(context.Background(), "mallory", password) })
	<-entered
	if v, err := f.VerifyPassword(t.Context(), "mallory", password); v.OK || !errors.Is(err, account.ErrBusy) {
		t.Errorf("ok %v, error %v, want ErrBusy", v.OK, err)
	}
	close(hold)
	wg.Wait()
}
