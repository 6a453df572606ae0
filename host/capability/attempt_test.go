package capability_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/netip"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/acrhost/acrhost/host/account"
	"github.com/acrhost/acrhost/host/capability"
	"github.com/acrhost/acrhost/host/store"
	"github.com/acrhost/acrhost/host/store/sqlite"
	"github.com/acrhost/acrhost/sdk/go/abi"
)

// visit is a call of the nth run, by the browser at an address.
func visit(i capability.CallInfo, n int, address string) capability.CallInfo {
	i.Run, i.Address = fmt.Sprint("r_", n), netip.MustParseAddr(address)
	return i
}

func address(n int) string { return fmt.Sprintf("203.0.%d.%d", n/250, n%250+1) }

// password is what a call answers to a password: ok, or how long to wait.
func (w *world) password(i capability.CallInfo, name, password string) (ok bool, wait time.Duration) {
	w.t.Helper()
	status, answer := ask[abi.Verified](w.t, w.Call(i), "password_verify", abi.PasswordVerify{Username: name, Password: password})
	if (status == abi.LimitReached) != (answer.RetryAfter > 0) || status != abi.OK && status != abi.LimitReached {
		w.t.Fatalf("password_verify answered %v %+v", status, answer)
	}
	return answer.OK, time.Duration(answer.RetryAfter) * time.Second
}

// A refusal says when to come back, and nothing is hashed for it.
func TestThrottledPassword(t *testing.T) {
	w := newWorld(t)
	for n := range 6 {
		w.password(visit(info(), n, "192.0.2.1"), "alice", "wrong")
	}
	call := w.Call(visit(info(), 6, "192.0.2.1"))
	status, document := call.Call(t.Context(), "password_verify", []byte(`{"username":"alice","password":"alice!"}`))
	if status != abi.LimitReached || string(document) != `{"ok":false,"retry_after":1}` || w.work != 6 {
		t.Errorf("got %v %s after %d hashes", status, document, w.work)
	}
	if call.Subject() != nil || call.Evidence() != nil {
		t.Errorf("subject %v, evidence %v", call.Subject(), call.Evidence())
	}
	w.advance(time.Second)
	if ok, wait := w.password(visit(info(), 7, "192.0.2.1"), "alice", "alice!"); !ok {
		t.Errorf("refused after the wait, for another %s", wait)
	}
}

// The host is restarted after each guess.
func TestBruteForceOverRestarts(t *testing.T) {
	w := newWorld(t)
	path := filepath.Join(t.TempDir(), "acrhost.db")
	for n := range 20 {
		db, err := sqlite.OpenWithClock(t.Context(), path, w.Now)
		if err != nil {
			t.Fatal(err)
		}
		w.Throttle = w.throttleOver(db, 0)
		w.password(visit(info(), n, "192.0.2.1"), "alice", fmt.Sprint("guess", n))
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if w.work != 6 {
		t.Errorf("%d guesses were compared over 20 restarts, not 6", w.work)
	}
}

// Every guess comes from an address and in a run of its own, for a day.
func TestBruteForceFromManyAddresses(t *testing.T) {
	w := newWorld(t)
	for n := 0; w.Now().Before(start.Add(24 * time.Hour)); n++ {
		_, wait := w.password(visit(info(), n, address(n)), "alice", fmt.Sprint("guess", n))
		w.advance(wait)
	}
	if w.work < 40 || w.work > 56 {
		t.Errorf("%d guesses were compared in a day, 56 are allowed", w.work)
	}
}

// A new run gives neither new passwords nor new codes, nor new messages.
func TestBruteForceInManyRuns(t *testing.T) {
	w := newWorld(t)
	codes := 0
	for n := range 100 {
		w.password(visit(info(), n, "192.0.2.1"), "alice", "wrong")
		status, _ := ask[abi.Verified](t, w.Call(visit(alice(), n, "192.0.2.1")), "otp_verify", abi.OTPVerify{Channel: "sms", Code: "123456"})
		if status == abi.OK {
			codes++
		}
		sendAs(visit(alice(), n, "192.0.2.1"))(w)
	}
	if w.work != 6 || codes != 6 || len(w.sent) != 6 {
		t.Errorf("%d passwords, %d codes and %d messages, not 6 of each", w.work, codes, len(w.sent))
	}
}

// Somebody has messages sent from everywhere, to earn from them or to pester.
func TestMessagePumping(t *testing.T) {
	w := newWorld(t)
	for n := range 300 {
		sendAs(visit(alice(), n, address(n)))(w)
	}
	if len(w.sent) != 21 {
		t.Errorf("alice got %d messages, not 21", len(w.sent))
	}
	// In her own browser she gets one all the same.
	own := visit(alice(), 1000, address(0))
	own.Device = "her-browser"
	if err := w.throttle.Remember(t.Context(), own.Device, "alice"); err != nil {
		t.Fatal(err)
	}
	if status := sendAs(own)(w); status != abi.OK {
		t.Errorf("in her own browser: %v", status)
	}
}

// What a run refuses by itself does not count against the account.
func TestResendTooSoonIsNotCounted(t *testing.T) {
	w := newWorld(t)
	for range 100 {
		sendAs(visit(alice(), 1, "192.0.2.1"))(w)
	}
	if status := sendAs(visit(alice(), 2, "192.0.2.1"))(w); status != abi.OK || len(w.sent) != 2 {
		t.Errorf("another run: %v after %d messages", status, len(w.sent))
	}
	_, answer := ask[abi.OTPSent](t, w.Call(visit(alice(), 1, "192.0.2.1")), "otp_send", abi.OTPSend{Channel: "sms"})
	if answer.RetryAfter != 30 {
		t.Errorf("the wait is %d s", answer.RetryAfter)
	}
}

// Guesses at the same moment are not free: few are compared, however many come.
func TestGuessesAtTheSameMoment(t *testing.T) {
	w := newWorld(t)
	var group sync.WaitGroup
	for n := range 200 {
		group.Go(func() { w.password(visit(info(), n, "192.0.2.1"), "alice", fmt.Sprint("guess", n)) })
	}
	group.Wait()
	if w.work == 0 || w.work > 6 {
		t.Errorf("%d guesses were compared, 6 are allowed", w.work)
	}
}

// Somebody wants to lock alice out: from one address it can't be done; from many it
// slows down browsers that alice has never used.
func TestLockOutBySomebodyElse(t *testing.T) {
	w := newWorld(t)
	for n := range 100 {
		w.password(visit(info(), n, "192.0.2.66"), "alice", "wrong")
	}
	if ok, wait := w.password(visit(info(), 100, "198.51.100.7"), "alice", "alice!"); !ok {
		t.Errorf("alice waits %s for one attacker", wait)
	}
	if err := w.throttle.Remember(t.Context(), "her-browser", "alice"); err != nil {
		t.Fatal(err)
	}
	for n := range 300 {
		w.password(visit(info(), 200+n, address(n)), "alice", "wrong")
	}
	if ok, _ := w.password(visit(info(), 600, "198.51.100.7"), "alice", "alice!"); ok {
		t.Error("300 addresses slowed down nobody")
	}
	own := visit(info(), 601, "198.51.100.7")
	own.Device = "her-browser"
	if ok, wait := w.password(own, "alice", "alice!"); !ok {
		t.Errorf("alice waits %s in her own browser", wait)
	}
}

// recorded is a store that notes each operation on its way.
type recorded struct {
	store.Artifacts
	ops []string
}

func (r *recorded) Get(ctx context.Context, kind store.Kind, id string) (store.Record, error) {
	r.ops = append(r.ops, "get "+string(kind))
	return r.Artifacts.Get(ctx, kind, id)
}

func (r *recorded) Put(ctx context.Context, record store.Record) (int64, error) {
	r.ops = append(r.ops, "put "+string(record.Kind))
	return r.Artifacts.Put(ctx, record)
}

// The same attack on users who exist and on one who does not: nothing that can be
// seen from outside differs, nor what is done inside.
func TestUnknownUsersAreThrottledAlike(t *testing.T) {
	attack := func(name string) (seen []string, events []string) {
		w := newWorld(t)
		noted := &recorded{Artifacts: w.store}
		w.Throttle = w.throttleOver(noted, 0)
		for n := range 60 {
			from := "192.0.2.1"
			if n >= 20 {
				from = address(n)
			}
			call := w.Call(visit(info(), n, from))
			request, _ := json.Marshal(abi.PasswordVerify{Username: name, Password: "wrong"})
			status, document := call.Call(t.Context(), "password_verify", request)
			seen = append(seen, fmt.Sprint(status, string(document), w.work, noted.ops))
			noted.ops = nil
			if n%15 == 14 {
				w.advance(time.Minute)
			}
		}
		all, err := w.store.Events(t.Context(), 1000)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range all {
			events = append(events, fmt.Sprint(e.At, e.Type, e.Run, e.Details))
		}
		return seen, events
	}
	seen, events := attack("nobody")
	if !strings.Contains(fmt.Sprint(seen), "retry_after") || len(events) == 0 {
		t.Fatalf("nothing was throttled: %v %v", seen, events)
	}
	for _, name := range []string{"alice", "mallory", "no name"} {
		alsoSeen, alsoEvents := attack(name)
		if diff := cmp.Diff(seen, alsoSeen); diff != "" {
			t.Errorf("nobody and %s differ:\n%s", name, diff)
		}
		if diff := cmp.Diff(events, alsoEvents); diff != "" {
			t.Errorf("the events of nobody and %s differ:\n%s", name, diff)
		}
	}
}

// The audit log tells of each step of the waits, and not of each refusal: it can't be
// used to fill the disk.
func TestThrottlingIsAuditedOncePerStep(t *testing.T) {
	w := newWorld(t)
	n := 0
	for range 3 {
		var wait time.Duration
		for range 200 {
			n++
			_, wait = w.password(visit(info(), n, "192.0.2.1"), "alice", "wrong")
		}
		w.advance(wait)
	}
	events, err := w.store.Events(t.Context(), 1000)
	if err != nil {
		t.Fatal(err)
	}
	var slowed []string
	for _, e := range slices.Backward(events) {
		if e.Type == "attempts.slowed" {
			slowed = append(slowed, fmt.Sprint(e.Details["kind"], " by ", e.Details["by"], ": ", e.Details["wait_seconds"]))
		}
	}
	want := []string{"password by account at address: 1", "password by account at address: 2", "password by account at address: 4"}
	if diff := cmp.Diff(want, slowed); diff != "" {
		t.Error(diff)
	}
	if len(events) != 8+3 {
		t.Errorf("%d events of %d attempts", len(events), n)
	}
}

// A host that is busy compares nothing: those who come meanwhile are not made to wait
// for it later, and nothing is forgiven.
func TestBusyAccountsCountNothing(t *testing.T) {
	w := newWorld(t)
	for n := range 5 {
		w.password(visit(info(), n, "192.0.2.1"), "alice", "wrong")
	}
	w.busy = account.ErrBusy
	for n := range 20 {
		call := w.Call(visit(info(), 100+n, "192.0.2.1"))
		status, document := call.Call(t.Context(), "password_verify", []byte(`{"username":"alice","password":"alice!"}`))
		if status != abi.LimitReached || document != nil {
			t.Fatalf("busy: %v %s", status, document)
		}
	}
	w.busy = nil
	w.password(visit(info(), 200, "192.0.2.1"), "alice", "wrong")
	if _, wait := w.password(visit(info(), 201, "192.0.2.1"), "alice", "wrong"); wait != time.Second {
		t.Errorf("the wait is %s: the 20 that were undone changed something", wait)
	}
}

// stuck is a store that does not come to count anything in time.
type stuck struct{ store.Artifacts }

func (s stuck) Change(ctx context.Context, _ store.Kind, _ []string, _ func([]store.Record) ([]store.Record, error)) ([]store.Record, error) {
	<-ctx.Done()
	return nil, ctx.Err()
}

// An attempt that can't be counted in time is none.
func TestNoTimeToCount(t *testing.T) {
	w := newWorld(t)
	w.Throttle = w.throttleOver(stuck{w.store}, 0)
	ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	call := w.Call(info())
	status, document := call.Call(ctx, "password_verify", []byte(`{"username":"alice","password":"alice!"}`))
	if status != abi.UpstreamFault || document != nil || w.work != 0 || call.Subject() != nil {
		t.Errorf("%v %s, %d hashed", status, document, w.work)
	}
}

// Who tries out a list of names learns a few, and then waits; who is known is not
// slowed down by it.
func TestNamesCantBeTriedOut(t *testing.T) {
	w := newWorld(t)
	statuses := map[abi.Status]int{}
	for n := range 300 {
		status := w.status(visit(info(), n, "192.0.2.1"), "user_identify", abi.UserIdentify{Username: fmt.Sprint("name", n)})
		statuses[status]++
	}
	if statuses[abi.NotFound] > 120 || statuses[abi.LimitReached] < 180 {
		t.Errorf("answers %v", statuses)
	}
	if got := w.status(visit(info(), 400, "198.51.100.7"), "user_identify", abi.UserIdentify{Username: "alice"}); got != abi.OK {
		t.Errorf("from elsewhere: %v", got)
	}
	one := newWorld(t)
	inOneRun := map[abi.Status]int{}
	for n := range 100 {
		inOneRun[one.status(visit(info(), 1, address(n)), "user_identify", abi.UserIdentify{Username: fmt.Sprint("name", n)})]++
	}
	if inOneRun[abi.NotFound] > 15 {
		t.Errorf("in one run: %v", inOneRun)
	}
}

// Garbage in place of a passkey's answer does not fill the audit log.
func TestPasskeyGarbageIsSlowedDown(t *testing.T) {
	w := newWorld(t)
	for n := range 500 { // by far more than are told
		w.status(visit(info(), n, "192.0.2.1"), "passkey_login", abi.PasskeyResponse{Response: `{"x":1}`})
	}
	events, err := w.store.Events(t.Context(), 1000)
	if err != nil {
		t.Fatal(err)
	}
	count := 0
	for _, e := range events {
		if e.Type == "passkey.failed" {
			count++
		}
	}
	if count == 0 || count > 120 {
		t.Errorf("%d failures were told", count)
	}
	if status := w.status(visit(info(), 501, "192.0.2.1"), "passkey_login", abi.PasskeyResponse{Response: `{"x":1}`}); status != abi.OK {
		t.Errorf("a passkey of the same address is refused: %v", status)
	}
}
