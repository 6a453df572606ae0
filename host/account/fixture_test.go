package account_test

import (
	"bytes"
	"sync/atomic"
	"testing"

	"github.com/acrhost/acrhost/host/account"
	"github.com/acrhost/acrhost/host/account/passhash"
	"github.com/acrhost/acrhost/host/store"
	"github.com/acrhost/acrhost/host/store/memory"
)

// cheap makes the tests fast; nothing else depends on the cost.
var cheap = passhash.Cost{MemoryKiB: 8, Iterations: 1}

const password = "correct horse"

// fixture is a service over a store in memory that counts what it does.
type fixture struct {
	*account.Service
	users  *countingUsers
	events *memory.Store
	hashes atomic.Int64
}

func newFixture(t testing.TB, change ...func(*account.Config)) *fixture {
	t.Helper()
	sealer, err := store.NewSealer(bytes.Repeat([]byte{1}, store.SealKeySize))
	if err != nil {
		t.Fatal(err)
	}
	f := &fixture{users: &countingUsers{Users: memory.New()}}
	f.events = memory.New()
	c := account.Config{Users: f.users, Audit: f.events, Sealer: sealer, Cost: cheap, Hashed: func(uint32) { f.hashes.Add(1) }}
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
	return f.verify(t, name, password).OK
}

func (f *fixture) verify(t testing.TB, name, password string) account.Verified {
	t.Helper()
	v, err := f.VerifyPassword(t.Context(), name, password)
	if err != nil {
		t.Fatalf("VerifyPassword(%q): %v", name, err)
	}
	return v
}

// stored is the text of a user's password as the store has it.
func (f *fixture) stored(t testing.TB, userID string) string {
	t.Helper()
	all, err := f.users.Credentials(t.Context(), userID)
	if err != nil || len(all) != 1 {
		t.Fatalf("%d credentials, %v", len(all), err)
	}
	return string(all[0].Data)
}
