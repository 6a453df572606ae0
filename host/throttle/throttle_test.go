package throttle_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/acrhost/acrhost/host/throttle"
)

// Five failures are free; the sixth makes the next one wait a second, and each one
// after it twice as long as the one before, up to an hour.
func TestGrowingDelays(t *testing.T) {
	r := newRig(t)
	if n := r.guesses(100, func(int) throttle.Attempt { return alice("192.0.2.1") }); n != 6 {
		t.Fatalf("%d guesses", n)
	}
	// After the first 2048 s an hour is over, and one failure forgiven.
	for _, want := range []time.Duration{1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 2048, 3600, 3600} {
		want *= time.Second
		if wait := r.guess(alice("192.0.2.1")); wait != want {
			t.Fatalf("the wait is %s, not %s", wait, want)
		}
		r.pass(want - time.Millisecond)
		if wait := r.guess(alice("192.0.2.1")); wait != time.Millisecond {
			t.Fatalf("the rest of the wait of %s is %s", want, wait)
		}
		r.pass(time.Millisecond)
		if wait := r.guess(alice("192.0.2.1")); wait > 0 {
			t.Fatalf("after a wait of %s there is another of %s", want, wait)
		}
	}
}

func TestTimeForgives(t *testing.T) {
	r := newRig(t)
	if n := r.guesses(100, func(int) throttle.Attempt { return alice("192.0.2.1") }); n != 6 {
		t.Fatalf("%d guesses", n)
	}
	r.pass(3 * time.Hour)
	if n := r.guesses(100, func(int) throttle.Attempt { return alice("192.0.2.1") }); n != 3 {
		t.Errorf("after three hours %d guesses, not 3", n)
	}
	r.pass(100 * time.Hour)
	if n := r.guesses(100, func(int) throttle.Attempt { return alice("192.0.2.1") }); n != 6 {
		t.Errorf("after days %d guesses, not 6", n)
	}
}

// Kinds have counters of their own, and so have accounts.
func TestCountedApart(t *testing.T) {
	r := newRig(t)
	r.guesses(100, func(int) throttle.Attempt { return alice("192.0.2.1") })
	code := alice("192.0.2.1")
	code.Kind = throttle.Code
	if wait := r.guess(code); wait > 0 {
		t.Errorf("a code waits %s for passwords", wait)
	}
	if wait := r.guess(at("bob", "192.0.2.1")); wait > 0 {
		t.Errorf("bob waits %s for alice", wait)
	}
}

// All spellings of a name are one account; and what is no name at all is counted
// like one.
func TestSpellings(t *testing.T) {
	for name, spellings := range map[string][]string{
		"a name":  {"alice", "ALICE", "Alice", "ａｌｉｃｅ"},
		"no name": {"not a name"},
		"blank":   {" "},
		"bytes":   {"\xff\x00"},
		"longest": {strings.Repeat("x", 10_000)},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			n := r.guesses(100, func(i int) throttle.Attempt { return at(spellings[i%len(spellings)], "192.0.2.1") })
			if n != 6 {
				t.Errorf("%d guesses, not 6", n)
			}
		})
	}
}

// A /64 of IPv6 is one customer, and an IPv4 address in IPv6 is that address.
func TestNetworks(t *testing.T) {
	for _, pair := range [][2]string{{"2001:db8::1", "2001:db8::ffff:1"}, {"192.0.2.1", "::ffff:192.0.2.1"}} {
		r := newRig(t)
		r.guesses(100, func(int) throttle.Attempt { return alice(pair[0]) })
		if r.guess(alice(pair[1])) == 0 {
			t.Errorf("%s is not %s", pair[1], pair[0])
		}
	}
	r := newRig(t)
	r.guesses(100, func(int) throttle.Attempt { return alice("2001:db8::1") })
	if wait := r.guess(alice("2001:db8:0:1::1")); wait > 0 {
		t.Errorf("the neighbour waits %s", wait)
	}
	// Without an address all are one: a host that can't tell is careful.
	nowhere := throttle.Attempt{Kind: throttle.Password, Account: "alice", Run: "r"}
	if n := r.guesses(100, func(int) throttle.Attempt { return nowhere }); n != 6 {
		t.Errorf("%d guesses without an address", n)
	}
}

// A success forgets the failures from its own place, and those in the account's
// common bucket that came from there: no others.
func TestSuccessForgetsItsOwnFailures(t *testing.T) {
	r := newRig(t)
	for i := range 3 { // 15 of the account's 20
		for range 5 {
			r.guess(alice(from(i)))
		}
	}
	if r.enter(alice(from(0))) > 0 {
		t.Fatal("the right password was refused")
	}
	if n := r.guesses(100, func(int) throttle.Attempt { return alice(from(0)) }); n != 6 {
		t.Errorf("%d guesses after the success, not 6", n)
	}
	// 5 of the place above and 10 are left: 5 are free, one more begins the wait.
	if n := r.guesses(100, func(i int) throttle.Attempt { return alice(from(100 + i)) }); n != 6 {
		t.Errorf("%d guesses from elsewhere, not 6", n)
	}
}

// Whoever signs in after others have failed does not prolong their wait, and
// leaves no trace.
func TestSuccessIsGivenBack(t *testing.T) {
	r := newRig(t)
	r.guesses(500, func(i int) throttle.Attempt { return at(from(i), "192.0.2.1") })
	before := r.guess(at("x", "192.0.2.1"))
	r.pass(before)
	for range 300 {
		if wait := r.enter(at("bob", "192.0.2.1")); wait > 0 {
			t.Fatalf("bob waits %s", wait)
		}
	}
}

func TestUndo(t *testing.T) {
	r := newRig(t)
	for range 100 {
		counted, wait := r.begin(alice("192.0.2.1"))
		if wait > 0 {
			t.Fatalf("a wait of %s for nothing", wait)
		}
		if err := counted.Undo(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}

// Undone attempts forgive nothing: a flood gives no new guesses.
func TestUndoForgivesNothing(t *testing.T) {
	r := newRig(t)
	for range 5 {
		r.guess(alice("192.0.2.1"))
	}
	counted, _ := r.begin(alice("192.0.2.1"))
	if err := counted.Undo(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := r.guesses(100, func(int) throttle.Attempt { return alice("192.0.2.1") }); n != 1 {
		t.Errorf("%d guesses, not 1", n)
	}
}

// Each failure that made the next one wait says so, once.
func TestSlowed(t *testing.T) {
	r := newRig(t)
	var said []string
	for range 7 {
		counted, wait := r.begin(alice("192.0.2.1"))
		if wait > 0 {
			r.pass(wait)
			counted, _ = r.begin(alice("192.0.2.1"))
		}
		what, slowed := counted.Slowed()
		said = append(said, what+" "+slowed.String())
	}
	want := []string{" 0s", " 0s", " 0s", " 0s", " 0s", "account at address 1s", "account at address 2s"}
	if diff := cmp.Diff(want, said); diff != "" {
		t.Error(diff)
	}
}

// Sending begins with a longer wait, and is forgiven sooner.
func TestSend(t *testing.T) {
	r := newRig(t)
	send := func(int) throttle.Attempt {
		a := alice("192.0.2.1")
		a.Kind = throttle.Send
		return a
	}
	if n := r.guesses(100, send); n != 6 {
		t.Errorf("%d messages, not 6", n)
	}
	if wait := r.guess(send(0)); wait != time.Minute {
		t.Errorf("the wait is %s", wait)
	}
	r.pass(time.Hour)
	if n := r.guesses(100, send); n != 6 {
		t.Errorf("%d messages after an hour, not 6", n)
	}
}

// What an account gets back at an address, it does not get back as a whole: there is an end
// to sending, however often what was sent is answered.
func TestGiveBack(t *testing.T) {
	r := newRig(t)
	send := alice("192.0.2.1")
	send.Kind = throttle.Send
	if n := r.answered(1000, func(int) throttle.Attempt { return send }); n != 21 {
		t.Errorf("%d messages from one address, not 21", n)
	}
	if wait := r.guess(send); wait != time.Minute {
		t.Errorf("the wait is %s", wait)
	}
	known := in("a-device", send)
	r.remember("a-device", "alice")
	for n := range 6 {
		if wait := r.guess(known); wait != 0 {
			t.Fatalf("message %d waits %s", n, wait)
		}
		if err := r.GiveBack(t.Context(), known); err != nil {
			t.Fatal(err)
		}
	}
	if wait := r.guess(known); wait != time.Minute {
		t.Errorf("in a browser that is known: the wait is %s", wait)
	}
}

// Attack: the owner of a number that earns by each message answers them all, from very many
// addresses.
func TestAttackAnswersFromManyAddresses(t *testing.T) {
	r := newRig(t)
	send := func(i int) throttle.Attempt {
		a := alice(from(i))
		a.Kind = throttle.Send
		return a
	}
	if n := r.answered(1000, send); n != 21 {
		t.Errorf("%d messages, not 21", n)
	}
	r.pass(24 * time.Hour)
	if n := r.answered(1000, send); n != 21 {
		t.Errorf("%d messages after a day, not 21", n)
	}
	bob := at("bob", from(0))
	bob.Kind = throttle.Send
	if wait := r.guess(bob); wait != 0 {
		t.Errorf("another account waits %s", wait)
	}
}

// The store learns neither names nor addresses, nor devices.
func TestStoreHoldsDigestsOnly(t *testing.T) {
	r := newRig(t)
	r.remember("a-device", "alice")
	r.guess(in("a-device", alice("192.0.2.77")))
	r.guess(alice("192.0.2.77"))
	text, err := json.Marshal(r.store.put)
	if err != nil || len(r.store.put) != 7 {
		t.Fatalf("%d records, %v", len(r.store.put), err)
	}
	for _, record := range r.store.put {
		text = append(text, record.Data...)
	}
	for _, plain := range []string{"alice", "192.0.2", "a-device"} {
		if strings.Contains(string(text), plain) {
			t.Errorf("the store holds %q: %s", plain, text)
		}
	}
}
