package account_test

import (
	"bytes"
	"sync/atomic"
	"testing"

	"github.com/acrhost/acrhost/host/account"
	"github.com/acrhost/acrhost/host/store"
	"github.com/acrhost/acrhost/host/store/memory"
)

// cheap makes the tests fast; nothing else depends on the cost.
var cheap = account.Cost{MemoryKiB: 8, Iterations: 1}

const password = "correct horse"

// fixture is a service over a store in memory that counts what it does.
type fixture struct {
	*account.Service
	users  *countingUsers
	hashes atomic.Int64
}

func newFixture(t testing.TB, change ...func(*account.Config)) *fixture {
	t.Helper()
	sealer, err := store.NewSealer(bytes.Repeat([]byte{1}, store.SealKeySize))
	if err != nil {
		t.Fatal(err)
	}
	f := &fixture{users: &countingUsers{Users: memory.New()}}
	c := account.Config{Users: f.users, Sealer: sealer, Cost: cheap, Hashed: func(account.Cost) { f.hashes.Add(1) }}
	for _, apply := range change {
		apply(&c)
	}
	if f.Service, err = account.New(c); err != nil {
		t.Fatal(err)
	}
	return f
}

// add creates a user with the password.
func (f *fixture) add(t testing.TB, name string) store.User {
	t.Helper()
	u, err := f.Create(t.Context(), account.NewUser{Name: name, Password: password})
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// can says whether a name and a password are accepted.
func (f *fixture) can(t testing.TB, name, password string) bool {
	t.Helper()
	_, ok, err := f.VerifyPassword(t.Context(), name, password)
	if err != nil {
		t.Fatalf("VerifyPassword(%q): %v", name, err)
	}
	return ok
}
