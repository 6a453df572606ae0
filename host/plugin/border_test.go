package plugin_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/acrhost/acrhost/host/plugin"
	"github.com/acrhost/acrhost/sdk/go/abi"
)

// bordering is a reactor with one page of memory whose step makes one call.
func bordering(call string) string {
	return `(module
  (import "acrhost_v1" "input_read" (func $input_read (param i32 i32 i32) (result i32)))
  (import "acrhost_v1" "input_len" (func $input_len (result i32)))
  (import "acrhost_v1" "output_write" (func $output_write (param i32 i32)))
  (import "acrhost_v1" "result_read" (func $result_read (param i32 i32 i32) (result i32)))
  (import "acrhost_v1" "result_len" (func $result_len (result i32)))
  (import "acrhost_v1" "log" (func $log (param i32 i32 i32)))
  (import "acrhost_cap_v1" "http_fetch" (func $http_fetch (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "random_get" (func $random_get (param i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "{\"outcome\":\"ok\"}")
  (func (export "acrhost_step_v1") (result i32)
    ` + call + `
    (call $output_write (i32.const 0) (i32.const 16))
    (i32.const 0)))`
}

// TestPointersAtEveryEdge gives the host pointers and lengths at and over the edges
// of memory, in every mode: inside is served, outside is a trap, and nothing is read beyond.
func TestPointersAtEveryEdge(t *testing.T) {
	r := newRuntime(t, plugin.Config{Capabilities: []string{"http_fetch"}})
	for call, want := range map[string]plugin.Class{
		"(call $output_write (i32.const 65536) (i32.const 0))":                             "",
		"(call $output_write (i32.const 65537) (i32.const 0))":                             plugin.Trap,
		"(call $output_write (i32.const 65535) (i32.const 2))":                             plugin.Trap,
		"(call $output_write (i32.const -1) (i32.const 1))":                                plugin.Trap,
		"(call $output_write (i32.const 0) (i32.const -1))":                                plugin.Trap,
		"(call $output_write (i32.const -1) (i32.const -1))":                               plugin.Trap,
		"(call $output_write (i32.const 0x7fffffff) (i32.const 0x7fffffff))":               plugin.Trap,
		"(call $log (i32.const 0) (i32.const 65530) (i32.const 6))":                        "",
		"(call $log (i32.const 0) (i32.const 65530) (i32.const 7))":                        plugin.Trap,
		"(call $log (i32.const 0) (i32.const 4) (i32.const -4))":                           plugin.Trap,
		"(drop (call $input_read (i32.const 1024) (i32.const 64) (i32.const 0)))":          "",
		"(drop (call $input_read (i32.const 1024) (i32.const 64) (i32.const -1)))":         "",
		"(drop (call $input_read (i32.const 1024) (i32.const 64) (i32.const 0x7fffffff)))": "",
		"(drop (call $input_read (i32.const 65535) (i32.const 64) (i32.const 0)))":         plugin.Trap,
		"(drop (call $input_read (i32.const -8) (i32.const 64) (i32.const 0)))":            plugin.Trap,
		"(drop (call $input_read (i32.const 1024) (i32.const -1) (i32.const 0)))":          plugin.Trap,
		"(drop (call $result_read (i32.const 1024) (i32.const 64) (i32.const 0)))":         "",
		"(drop (call $result_read (i32.const -1) (i32.const -1) (i32.const -1)))":          plugin.Trap,
		"(drop (call $http_fetch (i32.const 65536) (i32.const 1)))":                        plugin.Trap,
		"(drop (call $http_fetch (i32.const 0) (i32.const -1)))":                           plugin.Trap,
		"(drop (call $random_get (i32.const 65535) (i32.const 1)))":                        "",
	} {
		wasm := wat(t, bordering(call))
		for _, mode := range everyMode() {
			m := load(t, r, plugin.Spec{Wasm: wasm, Mode: mode, Grant: plugin.Grant{All: true}})
			for range 2 {
				res, err := m.Call(t.Context(), abi.Input{}, nil)
				failed := failure(t, err)
				// Where the first call wrote to the output, two documents stand there.
				if failed.Class != want {
					t.Errorf("%s in mode %s: %v, want %q; output %+v", call, mode, err, want, res.Output)
				}
			}
		}
	}
}

// TestRefusedModules loads modules that must not be loaded, each with the reason.
func TestRefusedModules(t *testing.T) {
	r := newRuntime(t, plugin.Config{Capabilities: []string{"http_fetch"}})
	step := `(func (export "acrhost_step_v1") (result i32) (i32.const 0))`
	for text, words := range map[string]string{
		`(module (import "env" "f" (func)) (memory (export "memory") 1) ` + step + `)`:                                                   "env",
		`(module (import "acrhost_v1" "shell" (func)) (memory (export "memory") 1) ` + step + `)`:                                        "shell",
		`(module (import "acrhost_cap_v1" "delete_user" (func (param i32 i32) (result i32))) (memory (export "memory") 1) ` + step + `)`: "delete_user",
		`(module (import "acrhost_cap_v1" "http_fetch" (func (param i64 i32) (result i32))) (memory (export "memory") 1) ` + step + `)`:  "http_fetch",
		`(module (import "acrhost_v1" "input_len" (func (result i64))) (memory (export "memory") 1) ` + step + `)`:                       "input_len",
		`(module (import "wasi_snapshot_preview1" "nothing" (func)) (memory (export "memory") 1) ` + step + `)`:                          "nothing",
		`(module (import "acrhost_v1" "input_len" (memory 1)) ` + step + `)`:                                                             "input_len",
		`(module (import "env" "g" (global i32)) (global i32 (global.get 0)) (memory (export "memory") 1) ` + step + `)`:                 `import "env.g" is a global; only functions can be imported: have the module define`,
		`(module (import "env" "g" (global i32)) (memory (export "memory") 1) (data (global.get 0) "x") ` + step + `)`:                   `import "env.g" is a global`,
		`(module (import "env" "g" (global (mut i32))) (memory (export "memory") 1) (func (global.set 0 (i32.const 1))) ` + step + `)`:   `import "env.g" is a global`,
		`(module (import "env" "m" (memory 1)) (export "memory" (memory 0)) (data (i32.const 0) "x") ` + step + `)`:                      "without --import-memory",
		`(module (import "env" "t" (table 1 funcref)) (memory (export "memory") 1) (func $f) (elem (i32.const 0) $f) ` + step + `)`:      "without --import-table",
		`(module ` + step + `)`:                 "memory",
		`(module (memory (export "memory") 1))`: "acrhost_step_v1",
		`(module (memory (export "memory") 1) (func (export "acrhost_step_v1") (result i64) (i64.const 0)))`:             "acrhost_step_v1",
		`(module (memory (export "memory") 1) (func (export "acrhost_step_v1") (param i32) (result i32) (i32.const 0)))`: "acrhost_step_v1",
		`(module (memory (export "memory") 1) (global (export "acrhost_step_v1") i32 (i32.const 0)))`:                    "acrhost_step_v1",
		`(module (memory (export "memory") 1) (func (export "_initialize") (param i32)) ` + step + `)`:                   "_initialize",
		`(module (memory (export "memory") 60000) ` + step + `)`:                                                         "memory",
		`(module (memory (export "memory") 1) (table 4000000000 funcref) ` + step + `)`:                                  "table",
	} {
		_, err := r.Load(t.Context(), plugin.Spec{Name: "guest", Wasm: wat(t, text), Grant: plugin.Grant{All: true}})
		if err == nil || !strings.Contains(err.Error(), words) || !strings.Contains(err.Error(), "refused") {
			t.Errorf("%s\nwas answered %v, without %q", text, err, words)
		}
	}
	good := wat(t, answering(`{"outcome":"ok"}`))
	for name, wasm := range map[string][]byte{
		"empty": nil, "text": []byte("hello"), "header only": good[:8], "cut": good[:len(good)-3],
		"another version": append([]byte("\x00asm\x02\x00\x00\x00"), good[8:]...),
	} {
		if _, err := r.Load(t.Context(), plugin.Spec{Name: "guest", Wasm: wasm}); err == nil {
			t.Errorf("%s was loaded", name)
		}
	}
	if _, err := r.Load(t.Context(), plugin.Spec{Name: "guest", Wasm: good, Digest: "sha256:" + strings.Repeat("0", 64)}); err == nil {
		t.Error("a module with another digest was loaded")
	}
	// A capability that the host knows but the operator did not grant.
	ungranted := wat(t, bordering("(nop)"))
	if _, err := r.Load(t.Context(), plugin.Spec{Name: "guest", Wasm: ungranted}); err == nil || !strings.Contains(err.Error(), "http_fetch") {
		t.Errorf("a module outside its grant: %v", err)
	}
}

// TestRandomnessAndClock runs a guest twice that answers with what WASI gives it.
func TestRandomnessAndClock(t *testing.T) {
	// The 16 bytes are written as letters, a to p for each half byte, into vars.x.
	text := `(module
  (import "acrhost_v1" "output_write" (func $write (param i32 i32)))
  (import "wasi_snapshot_preview1" "random_get" (func $random (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "clock_time_get" (func $clock (param i32 i64 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "{\"outcome\":\"ok\",\"vars\":{\"x\":\"")
  (data (i32.const 64) "\"}}")
  (func (export "acrhost_step_v1") (result i32)
    (local $i i32)
    (drop (call $random (i32.const 1024) (i32.const 16)))
    (drop (call $clock (i32.const 0) (i64.const 1) (i32.const 1040)))
    (loop $next
      (i32.store8 offset=2048 (i32.mul (local.get $i) (i32.const 2))
        (i32.add (i32.const 97) (i32.shr_u (i32.load8_u offset=1024 (local.get $i)) (i32.const 4))))
      (i32.store8 offset=2049 (i32.mul (local.get $i) (i32.const 2))
        (i32.add (i32.const 97) (i32.and (i32.load8_u offset=1024 (local.get $i)) (i32.const 15))))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $next (i32.lt_u (local.get $i) (i32.const 24))))
    (call $write (i32.const 0) (i32.const 29))
    (call $write (i32.const 2048) (i32.const 48))
    (call $write (i32.const 64) (i32.const 3))
    (i32.const 0)))`
	m := load(t, newRuntime(t, plugin.Config{}), plugin.Spec{Wasm: wat(t, text)})
	seen := map[string]bool{}
	var fuel uint64
	for range 20 {
		res, err := m.Call(t.Context(), abi.Input{}, nil)
		if err != nil {
			t.Fatal(err)
		}
		x, _ := res.Output.Vars["x"].(string)
		if len(x) != 48 || seen[x[:32]] {
			t.Fatalf("randomness %q came twice, or not at all", x)
		}
		seen[x[:32]] = true
		var ns int64
		for i := 7; i >= 0; i-- {
			ns = ns<<8 | int64(x[32+2*i]-'a')<<4 | int64(x[33+2*i]-'a')
		}
		if off := time.Since(time.Unix(0, ns)); off < -time.Second || off > time.Minute {
			t.Errorf("the guest's clock is off by %s", off)
		}
		if fuel != 0 && res.Stats.FuelUsed != fuel {
			t.Errorf("fuel %d, then %d, for the same work", fuel, res.Stats.FuelUsed)
		}
		fuel = res.Stats.FuelUsed
	}
}

// TestLogFlood cuts what a guest logs; the call goes on.
func TestLogFlood(t *testing.T) {
	flood := strings.Repeat("(call $log (i32.const 0) (i32.const 0) (i32.const 1024))\n", 64)
	r := newRuntime(t, plugin.Config{Capabilities: []string{"http_fetch"}})
	m := load(t, r, plugin.Spec{Wasm: wat(t, bordering(flood)), Grant: plugin.Grant{All: true}})
	res, err := m.Call(t.Context(), abi.Input{}, nil)
	if err != nil || res.Output.Outcome != "ok" {
		t.Fatalf("%v, %+v", err, res.Output)
	}
	total := 0
	for _, line := range res.Stats.Logs {
		total += len(line.Message)
	}
	if total == 0 || total > 17<<10 {
		t.Errorf("%d bytes of log were kept", total)
	}
}

// TestCapabilityCalls hands requests to the host and answers back, denies all
// without a host, and stops at the limit.
func TestCapabilityCalls(t *testing.T) {
	r := newRuntime(t, plugin.Config{Capabilities: []string{"http_fetch"}})
	call := `(if (i32.ne (call $http_fetch (i32.const 0) (i32.const 16)) (i32.const %d)) (then (unreachable)))`
	spec := func(status int, times int) plugin.Spec {
		return plugin.Spec{Wasm: wat(t, bordering(strings.Repeat(fmt.Sprintf(call, status), times))), Grant: plugin.Grant{All: true}}
	}
	calls := 0
	host := hostFunc(func(_ context.Context, name string, request []byte) (abi.Status, []byte) {
		calls++
		if name != "http_fetch" || string(request) != `{"outcome":"ok"}` {
			t.Errorf("asked for %s with %q", name, request)
		}
		return abi.NotFound, json.RawMessage(`{}`)
	})
	if _, err := load(t, r, spec(3, 2)).Call(t.Context(), abi.Input{}, host); err != nil || calls != 2 {
		t.Errorf("%d calls, %v", calls, err)
	}
	if _, err := load(t, r, spec(1, 1)).Call(t.Context(), abi.Input{}, nil); err != nil {
		t.Errorf("without a host: %v", err)
	}
	calls = 0
	limited := spec(3, 3)
	limited.Limits.CapabilityCalls = 2
	if _, err := load(t, r, limited).Call(t.Context(), abi.Input{}, host); failure(t, err).Class != plugin.Trap || calls != 2 {
		t.Errorf("over the limit: %v after %d calls", err, calls)
	}
	panics := hostFunc(func(context.Context, string, []byte) (abi.Status, []byte) { panic("boom") })
	if _, err := load(t, r, spec(3, 1)).Call(t.Context(), abi.Input{}, panics); err == nil {
		t.Error("a panic of the host passed as success")
	}
}

// FuzzLoad gives the runtime bytes that are nearly a module: it refuses them or
// runs them within their limits, and never falls over.
func FuzzLoad(f *testing.F) {
	r, err := plugin.New(context.Background(), plugin.Config{Capabilities: []string{"http_fetch"}})
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { _ = r.Close(context.Background()) })
	f.Add(wat(f, answering(`{"outcome":"ok"}`)))
	f.Add(wat(f, bordering("(nop)")))
	f.Add(watFile(f, "call_tree.wat"))
	f.Add([]byte("\x00asm\x01\x00\x00\x00"))
	f.Fuzz(func(t *testing.T, wasm []byte) {
		m, err := r.Load(t.Context(), plugin.Spec{
			Name: "fuzz", Wasm: wasm, Grant: plugin.Grant{All: true}, Limits: plugin.Limits{Fuel: 100_000, Timeout: time.Second},
		})
		if err != nil {
			return
		}
		if res, err := m.Call(t.Context(), abi.Input{}, nil); err != nil {
			_ = failure(t, err) // it must be an *Error
		} else if res.Stats.FuelUsed > 100_000 {
			t.Errorf("used %d fuel of 100000", res.Stats.FuelUsed)
		}
		if err := m.Close(t.Context()); err != nil {
			t.Error(err)
		}
	})
}
