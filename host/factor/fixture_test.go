package factor_test

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/acrhost/acrhost/host/acr"
	"github.com/acrhost/acrhost/host/capability/deliver"
	"github.com/acrhost/acrhost/host/factor"
	"github.com/acrhost/acrhost/host/store"
	"github.com/acrhost/acrhost/host/store/memory"
	"github.com/acrhost/acrhost/sdk/go/abi"
)

// The people of every test: alice and bob have a password and nothing else; mallory
// is disabled.
const (
	alice   = "u_alice"
	bob     = "u_bob"
	mallory = "u_mallory"
)

const (
	issuer = "https://id.example.com"
	rpID   = "id.example.com"
)

// start is when the tests' clock begins.
var start = time.Date(2026, time.November, 23, 7, 0, 0, 0, time.UTC)

// world is a service with all around it: people, a clock, and senders that keep what
// they were given.
type world struct {
	*factor.Service
	t     testing.TB
	store *memory.Store
	mu    sync.Mutex
	now   time.Time
	sent  []deliver.Message
	logs  strings.Builder
}

// newWorld is a world in which nothing has happened. Each change is made to the
// configuration before the service is built of it.
func newWorld(t testing.TB, changes ...func(*factor.Config)) *world {
	t.Helper()
	w := &world{t: t, now: start}
	w.store = memory.NewWithClock(w.clock)
	sealer, err := store.NewSealer(make([]byte, store.SealKeySize))
	if err != nil {
		t.Fatal(err)
	}
	c := factor.Config{
		Users: w.store, Artifacts: w.store, Audit: w.store, Sealer: sealer,
		Senders: map[string]deliver.Sender{deliver.Email: w, deliver.SMS: w},
		Name:    "Example Bank", Passkeys: factor.Passkeys{Issuer: issuer}, Now: w.clock,
		Log: slog.New(slog.NewTextHandler(&w.logs, &slog.HandlerOptions{Level: slog.LevelDebug})),
	}
	for _, change := range changes {
		change(&c)
	}
	if w.Service, err = factor.New(c); err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{alice, bob, mallory} {
		name := strings.TrimPrefix(id, "u_")
		w.put(store.User{ID: id, Name: name, Email: name + "@example.com", EmailVerified: true, Disabled: id == mallory})
		w.keep(store.Credential{ID: "password:" + id, UserID: id, Kind: factor.Password, Label: "Password"})
	}
	return w
}

func (w *world) clock() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now
}

func (w *world) advance(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = w.now.Add(d)
}

// Send keeps the message, as a deliver.Sender.
func (w *world) Send(_ context.Context, m deliver.Message) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.sent = append(w.sent, m)
	return nil
}

// put stores a user over whatever was there.
func (w *world) put(u store.User) {
	w.t.Helper()
	if _, err := w.store.PutUser(w.t.Context(), u); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) keep(c store.Credential) {
	w.t.Helper()
	if _, err := w.store.PutCredential(w.t.Context(), c); err != nil {
		w.t.Fatal(err)
	}
}

// change changes a user as an operator would.
func (w *world) change(id string, with func(*store.User)) {
	w.t.Helper()
	u, err := w.store.User(w.t.Context(), id)
	if err != nil {
		w.t.Fatal(err)
	}
	with(&u)
	w.put(u)
}

func disabled(u *store.User) { u.Disabled = true }

func phone(u *store.User) { u.Phone, u.PhoneVerified = "+15555550101", true }

// credentials are a user's, of one kind, as they are stored.
func (w *world) credentials(id, kind string) []store.Credential {
	w.t.Helper()
	all, err := w.store.Credentials(w.t.Context(), id)
	if err != nil {
		w.t.Fatal(err)
	}
	var some []store.Credential
	for _, c := range all {
		if c.Kind == kind {
			some = append(some, c)
		}
	}
	return some
}

// events are the audit log's types and users, oldest first.
func (w *world) events() []string {
	w.t.Helper()
	all, err := w.store.Events(w.t.Context(), 100)
	if err != nil {
		w.t.Fatal(err)
	}
	var lines []string
	for _, e := range all {
		lines = append([]string{e.Type + " " + e.UserID}, lines...)
	}
	return lines
}

// show is what the run's page has in a field of this type.
func (w *world) show(run string, t abi.FieldType) factor.Shown {
	w.t.Helper()
	shown, err := w.Show(w.t.Context(), run, t)
	if err != nil {
		w.t.Fatal(err)
	}
	return shown
}

// both is what a change takes.
func (w *world) both() []acr.Evidence {
	return append(w.evidence(0, "pwd"), acr.Evidence{AMR: []string{"sms"}, At: w.clock()})
}

// ok ends the test when something that had to work did not.
func (w *world) ok(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// refused says that an attack failed, and by what: for a refusal, why is a part of
// the reason that the operator's log gets. Otherwise one attack could pass for another.
func refused(t testing.TB, err, want error, why string) {
	t.Helper()
	if !errors.Is(err, want) || !strings.Contains(err.Error(), why) {
		t.Errorf("answered %v, want %v with %q", err, want, why)
	}
}

// replacing are artifacts in which somebody begins the same ceremony anew just before
// it is ended.
type replacing struct {
	store.Artifacts
	with func()
	busy bool
}

func (r *replacing) Take(ctx context.Context, kind store.Kind, id string) (store.Record, error) {
	if _, err := r.Get(ctx, kind, id); err == nil && !r.busy {
		r.busy = true
		r.with()
		r.busy = false
	}
	return r.Artifacts.Take(ctx, kind, id)
}
