package capability_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/acrhost/acrhost/host/capability/deliver"
	"github.com/acrhost/acrhost/host/journey"
	"github.com/acrhost/acrhost/host/store"
	"github.com/acrhost/acrhost/sdk/go/abi"
)

func TestCodeBySMSAndEmail(t *testing.T) {
	for _, test := range []struct{ channel, to, masked, method, amr string }{
		{deliver.SMS, "+15555550101", "+•••01", "sms", "sms"},
		{deliver.Email, "alice@example.com", "a•••@e•••.com", "email", "otp"},
	} {
		t.Run(test.channel, func(t *testing.T) {
			w := newWorld(t)
			_, sent := ask[abi.OTPSent](t, w.Call(alice()), "otp_send", abi.OTPSend{Channel: test.channel, Text: "{code}"})
			if sent.To != test.masked || w.sent[0].To != test.to || w.sent[0].Channel != test.channel {
				t.Errorf("sent %+v, answered %+v", w.sent, sent)
			}
			call := w.Call(alice())
			gaps := w.code()[:3] + " " + w.code()[3:]
			_, answer := ask[abi.Verified](t, call, "otp_verify", abi.OTPVerify{Channel: test.channel, Code: gaps})
			want := []journey.Evidence{{Method: test.method, AMR: []string{test.amr}, At: start, Step: "sms", Digest: "sha256:abc"}}
			if diff := cmp.Diff(want, call.Evidence()); diff != "" || !answer.OK {
				t.Errorf("%+v %s", answer, diff)
			}
			if call.Subject() != nil {
				t.Errorf("the subject changed to %v", call.Subject())
			}
		})
	}
}

func TestCodesAreDigitsOfTheLengthAsked(t *testing.T) {
	for _, length := range []int{0, 6, 8, 10} {
		w := newWorld(t)
		ask[abi.OTPSent](t, w.Call(alice()), "otp_send", abi.OTPSend{Channel: "sms", Length: length, Text: "{code}"})
		want := length
		if want == 0 {
			want = 6
		}
		if code := w.code(); len(code) != want || strings.Trim(code, "0123456789") != "" {
			t.Errorf("length %d: %q", length, code)
		}
	}
}

func TestSendIsRefused(t *testing.T) {
	silent := alice()
	silent.Interactive = false
	for _, test := range []struct {
		name    string
		call    func(w *world) abi.Status
		request abi.OTPSend
		status  abi.Status
	}{
		{"nobody is identified", sendAs(info()), abi.OTPSend{Channel: "sms"}, abi.BadRequest},
		{"a user without a phone", sendAs(about("u_bob", "bob")), abi.OTPSend{Channel: "sms"}, abi.NotFound},
		{"a disabled user", sendAs(about("u_mallory", "mallory")), abi.OTPSend{Channel: "sms"}, abi.NotFound},
		{"a user who is gone", sendAs(about("u_gone", "gone")), abi.OTPSend{Channel: "sms"}, abi.NotFound},
		{"under prompt=none", sendAs(silent), abi.OTPSend{Channel: "sms"}, abi.Denied},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t)
			if status := test.call(w); status != test.status || len(w.sent) != 0 {
				t.Errorf("got %v, sent %v", status, w.sent)
			}
		})
	}
}

func TestSendRequestOutsideItsBounds(t *testing.T) {
	w := newWorld(t)
	for name, q := range map[string]abi.OTPSend{
		"unknown channel":    {Channel: "voice"},
		"no channel":         {},
		"too short":          {Channel: "sms", Length: 5},
		"too long":           {Channel: "sms", Length: 11},
		"negative length":    {Channel: "sms", Length: -1},
		"ttl too short":      {Channel: "sms", TTL: 29},
		"ttl too long":       {Channel: "sms", TTL: 601},
		"ttl that overflows": {Channel: "sms", TTL: 1 << 62},
		"text without code":  {Channel: "sms", Text: "call me"},
		"text too long":      {Channel: "sms", Text: "{code}" + strings.Repeat("x", 1000)},
		"control characters": {Channel: "email", Text: "{code}\r\n.\r\n"},
	} {
		if status, _ := ask[abi.OTPSent](t, w.Call(alice()), "otp_send", q); status != abi.BadRequest {
			t.Errorf("%s: %v", name, status)
		}
	}
	if len(w.sent) != 0 {
		t.Errorf("sent %v", w.sent)
	}
}

func TestCodeIsBoundToItsLogin(t *testing.T) {
	otherRun := alice()
	otherRun.Run = "r_2"
	for _, test := range []struct {
		name string
		try  func(w *world, code string) bool
	}{
		{"another run", func(w *world, code string) bool { return w.verify(otherRun, "sms", code) }},
		{"another channel", func(w *world, code string) bool { return w.verify(alice(), "email", code) }},
		{"another user", func(w *world, code string) bool { return w.verify(about("u_bob", "bob"), "sms", code) }},
		{"a wrong code", func(w *world, code string) bool { return w.verify(alice(), "sms", wrong(code)) }},
		{"a longer code", func(w *world, code string) bool { return w.verify(alice(), "sms", code+"0") }},
		{"no code", func(w *world, _ string) bool { return w.verify(alice(), "sms", "") }},
		{"an expired code", func(w *world, code string) bool {
			w.advance(5 * time.Minute)
			return w.verify(alice(), "sms", code)
		}},
		{"a used code", func(w *world, code string) bool {
			return !w.verify(alice(), "sms", code) || w.verify(alice(), "sms", code)
		}},
		{"a replaced code", func(w *world, code string) bool {
			w.advance(30 * time.Second)
			return w.send(alice(), "sms") == code || w.verify(alice(), "sms", code)
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t)
			if test.try(w, w.send(alice(), "sms")) {
				t.Error("the code was taken")
			}
		})
	}
}

// A record that was moved to another run or user in the database opens nothing.
func TestMovedRecordOpensNothing(t *testing.T) {
	w := newWorld(t)
	code := w.send(alice(), "sms")
	record, err := w.store.Get(t.Context(), store.OneTime, "r_1:sms")
	if err != nil {
		t.Fatal(err)
	}
	record.ID, record.Version = "r_2:sms", 0
	if _, err := w.store.Put(t.Context(), record); err != nil {
		t.Fatal(err)
	}
	moved := alice()
	moved.Run = "r_2"
	if w.verify(moved, "sms", code) {
		t.Error("the code was taken in another run")
	}
}

func TestFifthTryIsTheLast(t *testing.T) {
	for _, test := range []struct {
		misses int
		ok     bool
	}{{4, true}, {5, false}} {
		w := newWorld(t)
		code := w.send(alice(), "sms")
		for range test.misses {
			if w.verify(alice(), "sms", wrong(code)) {
				t.Fatal("a wrong code was taken")
			}
		}
		if got := w.verify(alice(), "sms", code); got != test.ok {
			t.Errorf("after %d wrong codes: %v", test.misses, got)
		}
	}
}

// However many guess at once, no more than five guesses are compared, and one
// right code is taken once.
func TestRacingTries(t *testing.T) {
	for round := range 20 {
		w := newWorld(t).unthrottled()
		code := w.send(alice(), "sms")
		var taken atomic.Int32
		var group sync.WaitGroup
		for i := range 16 {
			group.Go(func() {
				typed := code
				if i%2 == 0 && round%2 == 0 {
					typed = wrong(code)
				}
				if w.verify(alice(), "sms", typed) {
					taken.Add(1)
				}
			})
		}
		group.Wait()
		if n := taken.Load(); n > 1 || round%2 == 1 && n != 1 {
			t.Fatalf("round %d: the code was taken %d times", round, n)
		}
	}
}

func TestRacingWrongTriesAreAllCounted(t *testing.T) {
	w := newWorld(t).unthrottled()
	code := w.send(alice(), "sms")
	var group sync.WaitGroup
	for range 16 {
		group.Go(func() { w.verify(alice(), "sms", wrong(code)) })
	}
	group.Wait()
	if w.verify(alice(), "sms", code) {
		t.Error("16 wrong codes left a try")
	}
}

func TestResendPauseAndBound(t *testing.T) {
	w := newWorld(t)
	send := sendAs(alice())
	if status := send(w); status != abi.OK {
		t.Fatal(status)
	}
	w.advance(29 * time.Second)
	if status := send(w); status != abi.LimitReached {
		t.Errorf("too soon: %v", status)
	}
	for n := 2; n <= 5; n++ {
		w.advance(30 * time.Second)
		if status := send(w); status != abi.OK {
			t.Errorf("code %d: %v", n, status)
		}
	}
	// A used code gives no new allowance.
	if !w.verify(alice(), "sms", w.code()) {
		t.Error("the last code was refused")
	}
	w.advance(time.Minute)
	if status := send(w); status != abi.LimitReached || len(w.sent) != 5 {
		t.Errorf("code 6: %v, sent %d", status, len(w.sent))
	}
}

// Callers at the same moment send one message.
func TestRacingSends(t *testing.T) {
	w := newWorld(t)
	var ok atomic.Int32
	var group sync.WaitGroup
	for range 16 {
		group.Go(func() {
			if sendAs(alice())(w) == abi.OK {
				ok.Add(1)
			}
		})
	}
	group.Wait()
	if ok.Load() != 1 || len(w.sent) != 1 {
		t.Errorf("%d calls answered ok, %d messages went out", ok.Load(), len(w.sent))
	}
	if !w.verify(alice(), "sms", w.code()) {
		t.Error("the code that went out was refused")
	}
}

func TestFailedDelivery(t *testing.T) {
	w := newWorld(t)
	w.fail = errors.New("gateway: it answered 503")
	if status := sendAs(alice())(w); status != abi.UpstreamFault {
		t.Errorf("got %v", status)
	}
	if _, err := w.store.Get(context.WithoutCancel(t.Context()), store.OneTime, "r_1:sms"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("a code that nobody got is left: %v", err)
	}
}

// Neither the code nor the address is in the log, the audit or the store.
func TestCodesLeaveNoTrace(t *testing.T) {
	w := newWorld(t)
	code := w.send(alice(), "sms")
	record, err := w.store.Get(t.Context(), store.OneTime, "r_1:sms")
	if err != nil {
		t.Fatal(err)
	}
	w.verify(alice(), "sms", wrong(code))
	w.verify(alice(), "sms", code)
	sendAs(alice())(w)
	events, err := w.store.Events(t.Context(), 10)
	if err != nil || len(events) == 0 {
		t.Fatal(events, err)
	}
	for _, secret := range []string{code, wrong(code), "+15555550101"} {
		if text := w.logs.String(); !strings.Contains(text, "too soon") || strings.Contains(text, secret) {
			t.Errorf("log: %s", text)
		}
		if strings.Contains(string(record.Data), secret) {
			t.Errorf("store: %s", record.Data)
		}
		for _, e := range events {
			for name, value := range e.Details {
				if s, ok := value.(string); ok && strings.Contains(s, secret) {
					t.Errorf("audit: %s %s", name, s)
				}
			}
		}
	}
	if diff := cmp.Diff([]string{"otp.failed u_alice", "otp.sent u_alice"}, w.events()); diff != "" {
		t.Error(diff)
	}
}
