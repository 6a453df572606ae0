package capability_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/acrhost/acrhost/host/account"
	"github.com/acrhost/acrhost/host/capability"
	"github.com/acrhost/acrhost/host/capability/deliver"
	"github.com/acrhost/acrhost/host/config"
	"github.com/acrhost/acrhost/host/store"
	"github.com/acrhost/acrhost/host/store/memory"
	"github.com/acrhost/acrhost/host/throttle"
	"github.com/acrhost/acrhost/sdk/go/abi"
)

// start is when the tests' clock begins.
var start = time.Date(2026, 11, 23, 7, 0, 0, 0, time.UTC)

// world is a set with all around it: three accounts, a clock, and senders that
// keep what they were given.
type world struct {
	*capability.Set
	t        *testing.T
	store    *memory.Store
	throttle *throttle.Throttle
	mu       sync.Mutex
	now      time.Time
	sent     []deliver.Message
	fail     error // what the senders answer
	work     int   // how often a password was hashed
	busy     error // what the accounts answer
	change   bool  // whether right passwords have to be changed
	chosen   []string
	rule     account.UpstreamRule // of the last upstream login
	logs     *strings.Builder
}

func (w *world) Now() time.Time {
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
	if w.fail != nil {
		return w.fail
	}
	w.sent = append(w.sent, m)
	return nil
}

// code is the one that was sent last, by messages whose text is the code alone.
func (w *world) code() string {
	w.t.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.sent) == 0 {
		w.t.Fatal("no code was sent")
	}
	return w.sent[len(w.sent)-1].Text
}

func (w *world) events() []string {
	w.t.Helper()
	events, err := w.store.Events(w.t.Context(), 100)
	if err != nil {
		w.t.Fatal(err)
	}
	var types []string
	for _, e := range events {
		types = append(types, e.Type+" "+e.UserID)
	}
	return types
}

// newWorld is a world in which nothing has happened.
func newWorld(t *testing.T) *world {
	w := &world{t: t, now: start, logs: &strings.Builder{}}
	w.store = memory.NewWithClock(w.Now)
	w.throttle = w.throttleOver(w.store, 0)
	w.Set = capability.New(capability.Config{
		Accounts:  &accounts{w},
		Factors:   w.factors(),
		Throttle:  w.throttle,
		Artifacts: w.store,
		Audit:     w.store,
		Senders:   map[string]deliver.Sender{deliver.SMS: w, deliver.Email: w},
		Now:       w.Now,
		Log:       slog.New(slog.NewTextHandler(w.logs, &slog.HandlerOptions{Level: slog.LevelDebug})),
	})
	return w
}

// throttleOver is a throttle over such a store; free as in throttle.Config.
func (w *world) throttleOver(artifacts store.Artifacts, free int) *throttle.Throttle {
	w.t.Helper()
	sealer, err := store.NewSealer(make([]byte, store.SealKeySize))
	if err != nil {
		w.t.Fatal(err)
	}
	return throttle.New(throttle.Config{Artifacts: artifacts, Sealer: sealer, Now: w.Now, Free: free})
}

// unthrottled lifts all limits but those of the codes themselves.
func (w *world) unthrottled() *world {
	w.Throttle = w.throttleOver(w.store, 1_000_000)
	return w
}

// sendAs has a code sent by SMS for such a call.
func sendAs(i capability.CallInfo) func(*world) abi.Status {
	return func(w *world) abi.Status {
		status, _ := ask[abi.OTPSent](w.t, w.Call(i), "otp_send", abi.OTPSend{Channel: "sms", Text: "{code}"})
		return status
	}
}

// info is a call of a step that was granted everything, for a run about nobody.
func info() capability.CallInfo {
	return capability.CallInfo{
		Run: "r_1", Journey: "bank", Step: "sms", Digest: "sha256:abc", Client: "bank-web", Interactive: true,
		Granted: func(string) bool { return true },
	}
}

// about is info for a run about this user.
func about(id, name string) capability.CallInfo {
	i := info()
	i.Subject = &abi.Subject{ID: id, Username: name}
	return i
}

func alice() capability.CallInfo { return about("u_alice", "alice") }

// ask makes one request and decodes the answer.
func ask[Answer any](t *testing.T, c *capability.Call, name string, request any) (abi.Status, Answer) {
	t.Helper()
	document, err := json.Marshal(request)
	if err != nil {
		t.Fatal(err)
	}
	status, reply := c.Call(t.Context(), name, document)
	var answer Answer
	if status == abi.OK {
		promised(t, name, reply)
	}
	if status == abi.OK || status == abi.LimitReached && reply != nil {
		if err := json.Unmarshal(reply, &answer); err != nil {
			t.Fatalf("%s answered %s: %v", name, reply, err)
		}
	} else if reply != nil {
		t.Fatalf("%s answered %v with a document: %s", name, status, reply)
	}
	return status, answer
}

// send has a code sent and fails the test when it was not.
func (w *world) send(i capability.CallInfo, channel string) string {
	w.t.Helper()
	status, _ := ask[abi.OTPSent](w.t, w.Call(i), "otp_send", abi.OTPSend{Channel: channel, Text: "{code}"})
	if status != abi.OK {
		w.t.Fatalf("otp_send answered %v", status)
	}
	return w.code()
}

// verify is what a new call of the step answers to a code.
func (w *world) verify(i capability.CallInfo, channel, code string) bool {
	w.t.Helper()
	status, answer := ask[abi.Verified](w.t, w.Call(i), "otp_verify", abi.OTPVerify{Channel: channel, Code: code})
	if status != abi.OK {
		w.t.Fatalf("otp_verify answered %v", status)
	}
	return answer.OK
}

// wrong is a code of the same length that is not this one.
func wrong(code string) string {
	return code[:len(code)-1] + string('0'+(code[len(code)-1]-'0'+1)%10)
}

type rules = map[string][]config.CapRule

var _ capability.Accounts = (*accounts)(nil)

// accounts are alice, bob without a phone, and mallory, who is disabled. The
// password of each is the name and a bang.
type accounts struct{ w *world }

func people() []store.User {
	return []store.User{
		{ID: "u_alice", Name: "alice", Email: "alice@example.com", Phone: "+15555550101", Claims: map[string]any{"name": "Alice"}},
		{ID: "u_bob", Name: "bob", Email: "bob@example.com"},
		{ID: "u_mallory", Name: "mallory", Email: "m@example.com", Phone: "+15555550103", Disabled: true},
	}
}

func (a *accounts) VerifyPassword(_ context.Context, name, password string) (account.Verified, error) {
	a.w.mu.Lock()
	defer a.w.mu.Unlock()
	a.w.work++
	if a.w.busy != nil {
		return account.Verified{}, a.w.busy
	}
	for _, u := range people() {
		if strings.EqualFold(u.Name, name) && !u.Disabled && password == u.Name+"!" {
			return account.Verified{User: u, OK: true, Change: a.w.change}, nil
		}
	}
	return account.Verified{}, nil
}

func (a *accounts) ChangePassword(_ context.Context, id, password string, verified time.Time) error {
	a.w.mu.Lock()
	defer a.w.mu.Unlock()
	if a.w.busy != nil {
		return a.w.busy
	}
	if len(password) < account.MinPasswordRunes {
		return fmt.Errorf("change: %w", account.ErrTooShort)
	}
	a.w.chosen = append(a.w.chosen, fmt.Sprintf("%s %s %s", id, password, verified.Format(time.TimeOnly)))
	return nil
}

func (a *accounts) Find(_ context.Context, name string) (store.User, error) {
	for _, u := range people() {
		if strings.EqualFold(u.Name, name) {
			return u, nil
		}
	}
	return store.User{}, store.ErrNotFound
}

func (a *accounts) User(_ context.Context, id string) (store.User, error) {
	for _, u := range people() {
		if u.ID == id {
			return u, nil
		}
	}
	return store.User{}, store.ErrNotFound
}

// ByUpstream knows alice by the sub alice, and mallory.
func (a *accounts) ByUpstream(ctx context.Context, u account.Upstream, rule account.UpstreamRule) (account.Found, error) {
	a.w.mu.Lock()
	a.w.rule = rule
	a.w.mu.Unlock()
	user, err := a.Find(ctx, u.Subject)
	if err != nil {
		return account.Found{}, account.ErrUnlinked
	}
	return account.Found{User: user}, nil
}

func (a *accounts) Claims(u store.User) map[string]any { return u.Claims }
