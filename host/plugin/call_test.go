package plugin_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/acrhost/acrhost/host/plugin"
	"github.com/acrhost/acrhost/sdk/go/abi"
)

// logsInput is a reactor that logs its input, whole.
const logsInput = `(module
  (import "acrhost_v1" "input_len" (func $len (result i32)))
  (import "acrhost_v1" "input_read" (func $read (param i32 i32 i32) (result i32)))
  (import "acrhost_v1" "output_write" (func $write (param i32 i32)))
  (import "acrhost_v1" "log" (func $log (param i32 i32 i32)))
  (memory (export "memory") 4)
  (data (i32.const 200000) "{\"outcome\":\"ok\"}")
  (func (export "acrhost_step_v1") (result i32)
    (call $log (i32.const 0) (i32.const 0) (call $read (i32.const 0) (call $len) (i32.const 0)))
    (call $write (i32.const 200000) (i32.const 16))
    (i32.const 0)))`

// TestReads holds that the grant narrows what a step sees, and changes nothing in
// the caller's input.
func TestReads(t *testing.T) {
	r := newRuntime(t, plugin.Config{})
	input := func() abi.Input {
		return abi.Input{
			Subject:  &abi.Subject{ID: "u_1", Claims: map[string]any{"c": "CLAIM"}},
			Upstream: map[string]abi.Upstream{"acme": {Claims: map[string]any{"u": "UPSTREAM"}}},
			Device:   abi.Device{IP: "DEVICE"},
			Vars:     map[string]any{"v": "VARIABLE"},
		}
	}
	parts := map[string]string{"subject.claims": "CLAIM", "upstream": "UPSTREAM", "device": "DEVICE", "vars": "VARIABLE"}
	check := func(reads []string, sees func(part string) bool) {
		m := load(t, r, plugin.Spec{Wasm: wat(t, logsInput), Grant: plugin.Grant{Reads: reads}})
		in := input()
		res, err := m.Call(t.Context(), in, nil)
		if err != nil || len(res.Stats.Logs) != 1 {
			t.Fatalf("%v, %v", err, res.Stats.Logs)
		}
		for part, word := range parts {
			if strings.Contains(res.Stats.Logs[0].Message, word) != sees(part) {
				t.Errorf("reads %q: sees %s: %v", reads, part, !sees(part))
			}
		}
		if !strings.Contains(res.Stats.Logs[0].Message, `"u_1"`) {
			t.Errorf("reads %q: the subject's id is gone", reads)
		}
		if diff := cmp.Diff(input(), in); diff != "" {
			t.Errorf("reads %q: the caller's input changed:\n%s", reads, diff)
		}
	}
	check(nil, func(string) bool { return true })
	check([]string{}, func(string) bool { return false })
	for one := range parts {
		check([]string{one}, func(part string) bool { return part == one })
	}
}

func TestInputLimit(t *testing.T) {
	m := load(t, newRuntime(t, plugin.Config{}), plugin.Spec{Wasm: wat(t, logsInput)})
	res, err := m.Call(t.Context(), abi.Input{Vars: map[string]any{"x": strings.Repeat("x", abi.MaxInput)}}, nil)
	if failed := failure(t, err); failed.Class != plugin.GuestError || failed.Code != "input_limit" {
		t.Errorf("got %v", err)
	}
	if res.Stats.FuelUsed != 0 {
		t.Error("the guest ran")
	}
}

func TestUnknownStepType(t *testing.T) {
	wasm := packed(wat(t, answering(`{"outcome":"ok"}`)), `{"name":"x","steps":{"a":{"outcomes":["ok"]}}}`)
	m := load(t, newRuntime(t, plugin.Config{}), plugin.Spec{Wasm: wasm})
	_, err := m.Call(t.Context(), abi.Input{Call: abi.Call{Type: "b"}}, nil)
	if failed := failure(t, err); failed.Code != "unknown_type" {
		t.Errorf("got %v", err)
	}
}

// TestCallerGivesUp holds that a guest ends when its caller does.
func TestCallerGivesUp(t *testing.T) {
	m := load(t, newRuntime(t, plugin.Config{}), plugin.Spec{
		Wasm: watFile(t, "endless_loop.wat"), Limits: plugin.Limits{Fuel: 1 << 60, Timeout: time.Hour},
	})
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(20*time.Millisecond, cancel)
	_, err := m.Call(ctx, abi.Input{}, nil)
	if failed := failure(t, err); failed.Class != plugin.Timeout {
		t.Errorf("got %v", err)
	}
}

// TestUntimed holds that only a capability that is named as such may take longer
// than the call.
func TestUntimed(t *testing.T) {
	const limit = 3 * time.Second // enough for all else on a busy machine
	for untimed, want := range map[string]plugin.Class{"http_fetch": "", "kv_get": plugin.Timeout} {
		t.Run(untimed, func(t *testing.T) {
			t.Parallel()
			slow := hostFunc(func(ctx context.Context, _ string, _ []byte) (abi.Status, []byte) {
				if _, ok := ctx.Deadline(); ok != (want == plugin.Timeout) {
					t.Errorf("the capability has a deadline: %v", ok)
				}
				time.Sleep(limit)
				return abi.OK, nil
			})
			r := newRuntime(t, plugin.Config{Capabilities: []string{"http_fetch"}, Untimed: []string{untimed}})
			m := load(t, r, plugin.Spec{
				Wasm:  wat(t, bordering(`(drop (call $http_fetch (i32.const 0) (i32.const 2)))`)),
				Grant: plugin.Grant{All: true}, Limits: plugin.Limits{Timeout: limit},
			})
			if _, err := m.Call(t.Context(), abi.Input{}, slow); failure(t, err).Class != want {
				t.Errorf("%v, want %q", err, want)
			}
		})
	}
}

// TestManyCallers loads, calls and closes the same modules from many goroutines, good
// ones and bad ones together. No call may see what another one was given.
func TestManyCallers(t *testing.T) {
	r := newRuntime(t, plugin.Config{})
	said, endless := wat(t, echo), watFile(t, "endless_loop.wat")
	shared := load(t, r, plugin.Spec{Wasm: said})
	var wg sync.WaitGroup
	for n := range 16 {
		wg.Go(func() {
			for k := range 10 {
				own, err := r.Load(t.Context(), plugin.Spec{Name: "own", Wasm: endless, Limits: plugin.Limits{Fuel: 1000}})
				if err != nil {
					t.Error(err)
					return
				}
				if _, err := own.Call(t.Context(), abi.Input{}, nil); err == nil {
					t.Error("an endless loop ended")
				}
				want := fmt.Sprintf("o%d-%d", n, k)
				res, err := shared.Call(t.Context(), saying(`{"outcome":"`+want+`"}`), nil)
				if err != nil || res.Output.Outcome != want {
					t.Errorf("got %q, %v, want %q", res.Output.Outcome, err, want)
				}
				if err := own.Close(t.Context()); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
}
