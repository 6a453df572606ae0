package plugin_test

import (
	"context"
	"encoding/json"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/acrhost/acrhost/host/plugin"
	"github.com/acrhost/acrhost/sdk/go/abi"
)

// circuit is a module behind a breaker whose clock the test turns.
type circuit struct {
	*plugin.Module
	t      testing.TB
	offset atomic.Int64 // of the clock
	events []plugin.BreakerEvent
}

// byDefault is 20 failures and 10 seconds, of which one is said, as load gives a module
// no breaker where nothing is said.
var byDefault = plugin.Breaker{Cooldown: 10 * time.Second}

var midnight = time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)

func newCircuit(t testing.TB, s plugin.Spec) *circuit {
	t.Helper()
	c := &circuit{t: t}
	r := newRuntime(t, plugin.Config{
		Capabilities: []string{"http_fetch"},
		OnBreaker:    func(e plugin.BreakerEvent) { c.events = append(c.events, e) },
		Now:          func() time.Time { return midnight.Add(time.Duration(c.offset.Load())) },
	})
	c.Module = load(t, r, s)
	return c
}

func (c *circuit) sleep(d time.Duration) { c.offset.Add(int64(d)) }

// say calls the echo guest, which answers with the document.
func (c *circuit) say(document string) *plugin.Error {
	c.t.Helper()
	_, err := c.Call(c.t.Context(), saying(document), nil)
	return failure(c.t, err)
}

const (
	good = `{"outcome":"ok"}`
	bad  = `nonsense`
)

// fails makes so many calls that fail with nonsense, each of which must be made.
func (c *circuit) fails(times int) {
	c.t.Helper()
	for n := range times {
		if failed := c.say(bad); failed.Class != plugin.OutputInvalid {
			c.t.Fatalf("call %d: %v", n, failed)
		}
	}
}

// refuses makes a call that must not be made.
func (c *circuit) refuses() {
	c.t.Helper()
	res, err := c.Call(c.t.Context(), saying(good), nil)
	failed := failure(c.t, err)
	if failed.Class != plugin.GuestError || failed.Code != plugin.CircuitOpen || !strings.Contains(failed.Message, "in a row") {
		c.t.Fatalf("got %v", failed)
	}
	if res.Stats.FuelUsed != 0 || res.Output.Outcome != "" {
		c.t.Fatalf("the guest ran: %+v", res)
	}
}

func (c *circuit) answers() {
	c.t.Helper()
	if failed := c.say(good); failed.Class != "" {
		c.t.Fatal(failed)
	}
}

func TestBreakerOpensAndCloses(t *testing.T) {
	c := newCircuit(t, plugin.Spec{Name: "echo", Wasm: wat(t, echo), Breaker: byDefault})
	c.fails(20)
	if !c.CircuitOpen() {
		t.Fatal("20 failures in a row didn't open the circuit")
	}
	c.refuses()
	c.sleep(10*time.Second - 1)
	c.refuses()
	c.sleep(1)
	c.answers()
	if c.CircuitOpen() {
		t.Error("an answer didn't close the circuit")
	}
	c.fails(19)
	c.answers()
	last := plugin.BreakerEvent{Plugin: "echo", Digest: c.Digest(), Failures: 20, Class: plugin.OutputInvalid, Message: "its output is no valid answer"}
	opened := last
	opened.Open, opened.Until = true, midnight.Add(10*time.Second)
	if diff := cmp.Diff([]plugin.BreakerEvent{opened, last}, c.events); diff != "" {
		t.Error(diff)
	}
}

// TestBreakerPausesLonger holds that the pause doubles while trials fail, up to five
// minutes, and is short again after an answer.
func TestBreakerPausesLonger(t *testing.T) {
	c := newCircuit(t, plugin.Spec{Wasm: wat(t, echo), Breaker: plugin.Breaker{Failures: 2, Cooldown: time.Minute}})
	c.fails(2)
	for _, pause := range []time.Duration{1, 2, 4, 5, 5} {
		c.sleep(pause*time.Minute - 1)
		c.refuses()
		c.sleep(1)
		c.fails(1)
	}
	c.sleep(plugin.MaxCooldown)
	c.answers()
	c.fails(2)
	c.sleep(time.Minute)
	c.answers()
	if len(c.events) != 4 {
		t.Errorf("told of %+v", c.events)
	}
}

func TestBreakerCanBeOff(t *testing.T) {
	c := newCircuit(t, plugin.Spec{Wasm: wat(t, echo), Breaker: plugin.Breaker{Failures: -1}})
	c.fails(30)
	c.answers()
}

// TestBreakerCounts holds which calls count as failures of the module.
func TestBreakerCounts(t *testing.T) {
	document := func(d string) []byte { return wat(t, answering(d)) }
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	tests := map[string]struct {
		wasm  []byte
		ctx   context.Context
		input abi.Input
		opens bool
	}{
		"trap":                 {wasm: watFile(t, "unreachable.wat"), opens: true},
		"fuel":                 {wasm: watFile(t, "endless_loop.wat"), opens: true},
		"memory":               {wasm: watFile(t, "memory_growth.wat"), opens: true},
		"stack":                {wasm: watFile(t, "deep_recursion.wat"), opens: true},
		"timeout":              {wasm: watFile(t, "long_sleep.wat"), opens: true},
		"output limit":         {wasm: watFile(t, "gigabyte_output.wat"), opens: true},
		"output invalid":       {wasm: document(`{}`), opens: true},
		"grant violation":      {wasm: document(`{"outcome":"ok","claims":{"role":"admin"}}`), opens: true},
		"guest error":          {wasm: watFile(t, "nonzero.wat"), opens: true},
		"error document":       {wasm: document(`{"error":{"code":"no_phone","message":"none"}}`)},
		"document like a trap": {wasm: document(`{"error":{"code":"guest_error","message":"acrhost_step_v1 returned 1"}}`)},
		"prompt":               {wasm: document(`{"prompt":{"title":"Who?"}}`)},
		"caller gave up":       {wasm: watFile(t, "endless_loop.wat"), ctx: gone},
		"input over the limit": {wasm: document(good), input: abi.Input{Vars: map[string]any{"x": strings.Repeat("x", abi.MaxInput)}}},
		"no such type": {
			wasm:  packed(document(good), `{"name":"x","steps":{"a":{"outcomes":["ok"]}}}`),
			input: abi.Input{Call: abi.Call{Type: "b"}},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			limits := plugin.Limits{Fuel: 20_000_000}
			if name == "timeout" {
				limits = plugin.Limits{Fuel: 1 << 50, Timeout: 50 * time.Millisecond}
			}
			c := newCircuit(t, plugin.Spec{Wasm: tt.wasm, Limits: limits, Breaker: plugin.Breaker{Failures: 2}})
			if tt.ctx == nil {
				tt.ctx = t.Context()
			}
			for range 3 {
				_, err := c.Call(tt.ctx, tt.input, nil)
				if tt.opens && err == nil {
					t.Fatal("the call didn't fail")
				}
			}
			if c.CircuitOpen() != tt.opens {
				t.Errorf("the circuit is open: %v, want %v", c.CircuitOpen(), tt.opens)
			}
		})
	}
}

// TestWaitingInVainIsNoFailure holds that a call which gets no turn before its time is
// over says nothing about the module.
func TestWaitingInVainIsNoFailure(t *testing.T) {
	c := newCircuit(t, plugin.Spec{Wasm: watFile(t, "endless_loop.wat"), Limits: plugin.Limits{Fuel: 1 << 60, Timeout: time.Hour}, Breaker: plugin.Breaker{Failures: 1}})
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			if _, err := c.Call(ctx, abi.Input{}, nil); failure(t, err).Class != plugin.Timeout {
				t.Errorf("got %v", err)
			}
		})
	}
	group.Wait()
	if c.CircuitOpen() {
		t.Error("the circuit is open")
	}
}

// TestOneTrialAtATime holds that while a trial runs nobody else gets through, and that
// a trial whose caller gave up leaves the next one to the next.
func TestOneTrialAtATime(t *testing.T) {
	c := newCircuit(t, plugin.Spec{Wasm: wat(t, bordering(asking)), Grant: plugin.Grant{All: true}, Breaker: plugin.Breaker{Failures: 1}})
	fails := hostFunc(func(context.Context, string, []byte) (abi.Status, []byte) { panic("broken") })
	if _, err := c.Call(t.Context(), abi.Input{}, fails); failure(t, err).Class != plugin.Trap || !c.CircuitOpen() {
		t.Fatalf("got %v", err)
	}
	c.sleep(10 * time.Second)

	ctx, cancel := context.WithCancel(t.Context())
	leaves := hostFunc(func(context.Context, string, []byte) (abi.Status, []byte) { cancel(); return abi.OK, nil })
	if _, err := c.Call(ctx, abi.Input{}, leaves); failure(t, err).Class != plugin.Timeout {
		t.Fatalf("got %v", err)
	}
	arrived, release := make(chan struct{}), make(chan struct{})
	waits := hostFunc(func(context.Context, string, []byte) (abi.Status, []byte) {
		close(arrived)
		<-release
		return abi.OK, nil
	})
	var group sync.WaitGroup
	group.Go(func() {
		if _, err := c.Call(t.Context(), abi.Input{}, waits); err != nil {
			t.Errorf("the trial: %v", err)
		}
	})
	<-arrived
	_, err := c.Call(t.Context(), abi.Input{}, fails)
	if failed := failure(t, err); failed.Code != plugin.CircuitOpen || !strings.Contains(failed.Message, "trial") {
		t.Errorf("beside the trial: %v", err)
	}
	close(release)
	group.Wait()
	if c.CircuitOpen() {
		t.Error("the answer to the trial didn't close the circuit")
	}
}

// TestCraftedInputLocksNobodyOut has an attacker who can make the step fail at will: as
// long as others are answered in between, the circuit stays closed; and where they were
// not, the first of them after the pause closes it.
func TestCraftedInputLocksNobodyOut(t *testing.T) {
	c := newCircuit(t, plugin.Spec{Wasm: wat(t, echo), Breaker: byDefault})
	for range 5 {
		c.fails(19)
		c.answers()
	}
	c.fails(20)
	c.sleep(10 * time.Second)
	c.answers()
	c.answers()
}

// TestErrorDocumentCloses holds that an error document is an answer like any other.
func TestErrorDocumentCloses(t *testing.T) {
	c := newCircuit(t, plugin.Spec{Wasm: wat(t, echo), Breaker: plugin.Breaker{Failures: 2}})
	refusal := `{"error":{"code":"no_phone","message":"none"}}`
	says := func() {
		t.Helper()
		if failed := c.say(refusal); failed.Code != "no_phone" {
			t.Errorf("got %v", failed)
		}
	}
	c.fails(1)
	says()
	c.fails(2)
	c.sleep(time.Minute)
	says()
	c.answers()
}

// TestGuestSpeaksInNoEvent has guests put what a user typed into every text that they
// can write; none of it may get into an event.
func TestGuestSpeaksInNoEvent(t *testing.T) {
	const secret = "no phone number"
	const number = "1886549091" // a pointer can be four letters of a password
	guests := map[string][]byte{
		"standard error": watFile(t, "command_fails.wat"),
		"member":         wat(t, answering(`{"`+secret+`":1}`)),
		"acr":            wat(t, answering(`{"outcome":"ok","acr":"`+secret+`"}`)),
		"claim":          wat(t, answering(`{"outcome":"ok","claims":{"`+secret+`":1}}`)),
		"pointer":        wat(t, bordering(`(call $log (i32.const 0) (i32.const `+number+`) (i32.const 4))`)),
	}
	for name, wasm := range guests {
		said := secret
		if name == "pointer" {
			said = number
		}
		c := newCircuit(t, plugin.Spec{Wasm: wasm, Grant: plugin.Grant{ACR: []string{}, Capabilities: []string{"http_fetch"}}, Breaker: plugin.Breaker{Failures: 1}})
		_, err := c.Call(t.Context(), abi.Input{}, nil)
		if !strings.Contains(failure(t, err).Message, said) {
			t.Errorf("%s: the guest doesn't say it: %v", name, err)
		}
		text, err := json.Marshal(c.events)
		if err != nil {
			t.Fatal(err)
		}
		if len(c.events) != 1 || c.events[0].Message == "" || strings.Contains(string(text), said) {
			t.Errorf("%s: %s", name, text)
		}
	}
}

// TestBreakerHammer has many callers fail and succeed at once while the clock turns.
// Openings and closings must alternate, and after a pause an answer must close.
func TestBreakerHammer(t *testing.T) {
	c := newCircuit(t, plugin.Spec{Wasm: wat(t, echo), Breaker: plugin.Breaker{Failures: 3, Cooldown: time.Second}})
	var group sync.WaitGroup
	for n := range 16 {
		group.Go(func() {
			for k := range 60 {
				document := bad
				if (n+k)%5 == 0 {
					document = good
				}
				_, err := c.Call(t.Context(), saying(document), nil)
				if failed := failure(t, err); failed.Class != "" && failed.Class != plugin.OutputInvalid && failed.Code != plugin.CircuitOpen {
					t.Error(err)
				}
				c.sleep(100 * time.Millisecond)
			}
		})
	}
	group.Wait()
	c.sleep(plugin.MaxCooldown)
	c.answers()
	c.answers()
	for i, event := range c.events {
		if event.Open != (i%2 == 0) {
			t.Fatalf("event %d of %d: open %v", i, len(c.events), event.Open)
		}
	}
	if len(c.events) < 2 || len(c.events)%2 != 0 {
		t.Errorf("%d events", len(c.events))
	}
}
