package plugin_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/acrhost/acrhost/host/plugin"
)

// TestFloods holds that no single call of a host function is long: a guest whose time
// is over ends soon after, whatever it makes the host do.
func TestFloods(t *testing.T) {
	const (
		limit = 20 * time.Millisecond
		grace = 500 * time.Millisecond // for a busy machine
	)
	// Pairs of a pointer and a length from page 1 on, all the same, and a loop that uses
	// them. Two millions of them fit.
	pairs := func(ptr, size, count uint32) string {
		return fmt.Sprintf(`(i32.store (i32.const 65536) (i32.const %d)) (i32.store (i32.const 65540) (i32.const %d))
    (memory.copy (i32.const 65544) (i32.const 65536) (i32.const 8))
    (local.set $i (i32.const 8))
    (loop $double
      (memory.copy (i32.add (i32.const 65536) (local.get $i)) (i32.const 65536) (local.get $i))
      (local.set $i (i32.shl (local.get $i) (i32.const 1)))
      (br_if $double (i32.lt_u (local.get $i) (i32.const 16000000))))
    (loop $again (drop (call $%%s (i32.const 65536) (i32.const %d))) (br $again))`, ptr, size, count)
	}
	for name, code := range map[string]string{
		"empty buffers to the log":     fmt.Sprintf(pairs(0, 0, 2_000_000), "err"),
		"short buffers to the log":     fmt.Sprintf(pairs(1024, 512, 2_000_000), "err"),
		"huge buffers to the log":      fmt.Sprintf(pairs(0, 32<<20, 60), "err"),
		"empty buffers to the output":  fmt.Sprintf(pairs(0, 0, 2_000_000), "out"),
		"empty buffers from the input": fmt.Sprintf(pairs(0, 0, 2_000_000), "in"),
	} {
		t.Run(name, func(t *testing.T) {
			text := `(module
  (import "wasi_snapshot_preview1" "fd_read" (func $fd_read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 512)
  (func $in (param i32 i32) (result i32) (call $fd_read (i32.const 0) (local.get 0) (local.get 1) (i32.const 8)))
  (func $out (param i32 i32) (result i32) (call $fd_write (i32.const 1) (local.get 0) (local.get 1) (i32.const 8)))
  (func $err (param i32 i32) (result i32) (call $fd_write (i32.const 2) (local.get 0) (local.get 1) (i32.const 8)))
  (func (export "_start") (local $i i32) ` + code + `))`
			m := load(t, newRuntime(t, plugin.Config{}), plugin.Spec{Wasm: packed(wat(t, text), `{"name":"x","steps":{"a":{"outcomes":["ok"]}}}`), Limits: plugin.Limits{Fuel: 1 << 50, Timeout: limit}})
			_, stats, err := m.Run(t.Context(), []byte("input"), nil)
			if failed := failure(t, err); failed.Class != plugin.Timeout {
				t.Errorf("got %v", err)
			}
			if stats.Duration > limit+grace {
				t.Errorf("it went on for %v after its %v", stats.Duration-limit, limit)
			}
		})
	}
}

// TestEmptyLines holds that lines of nothing run out too: each becomes a record of the
// host's log, with all that the host knows of the call.
func TestEmptyLines(t *testing.T) {
	for name, code := range map[string]string{
		"log": `(loop $again
      (call $log (i32.const 0) (i32.const 0) (i32.const 0))
      (br_if $again (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 30000))))`,
		"standard error": `(memory.fill (i32.const 1024) (i32.const 10) (i32.const 30000))
      (i32.store (i32.const 0) (i32.const 1024)) (i32.store (i32.const 4) (i32.const 30000))
      (drop (call $fd_write (i32.const 2) (i32.const 0) (i32.const 1) (i32.const 8)))`,
	} {
		m := load(t, newRuntime(t, plugin.Config{}), plugin.Spec{Wasm: wat(t, `(module
  (import "acrhost_v1" "log" (func $log (param i32 i32 i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (func (export "acrhost_step_v1") (result i32) (local $i i32) `+code+` (i32.const 0)))`)})
		_, stats, err := m.Run(t.Context(), nil, nil)
		if err != nil || len(stats.Logs) < 100 || len(stats.Logs) > 256 {
			t.Errorf("%s: %d lines of nothing were kept, %v", name, len(stats.Logs), err)
		}
	}
}
