package plugin_test

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/acrhost/acrhost/host/plugin"
)

// TestCanaryUnrestorable leaves secrets where no copy of the memory brings back what
// was there. Such a module is never restored, and the next call sees none of it.
func TestCanaryUnrestorable(t *testing.T) {
	// Each sees its state into a local before it changes it, and answers with it.
	tests := []struct{ name, declares, sees, does, why string }{
		{"table.set", `(table $t 8 funcref)`, `(ref.is_null (table.get $t (i32.const 3)))`,
			`(table.set $t (i32.const 3) (ref.func $f))`, "table.set"},
		{"table.fill", `(table $t 8 funcref)`, `(ref.is_null (table.get $t (i32.const 3)))`,
			`(table.fill $t (i32.const 0) (ref.func $f) (i32.const 8))`, "table.fill"},
		{"table.grow", `(table $t 8 funcref)`, `(table.size $t)`,
			`(drop (table.grow $t (ref.func $f) (i32.const 8)))`, "table.grow"},
		{"table.copy", `(table $t 8 funcref) (elem (table $t) (i32.const 7) func $f)`, `(ref.is_null (table.get $t (i32.const 3)))`,
			`(table.copy $t $t (i32.const 3) (i32.const 7) (i32.const 1))`, "table.copy"},
		{"table.init", `(table $t 8 funcref) (elem $e func $f)`, `(ref.is_null (table.get $t (i32.const 3)))`,
			`(table.init $t $e (i32.const 3) (i32.const 0) (i32.const 1))`, "table.init"},
		// Whoever finds the segment dropped traps.
		{"elem.drop", `(table $t 8 funcref) (elem $e func $f)`, `(i32.const 1)) (table.init $t $e (i32.const 3) (i32.const 0) (i32.const 1)`,
			`(elem.drop $e)`, "elem.drop"},
		{"data.drop", `(data $d "x")`, `(i32.const 1)) (memory.init $d (i32.const 512) (i32.const 0) (i32.const 1)`,
			`(data.drop $d)`, "data.drop"},
		{"v128 global", `(global $g (mut v128) (v128.const i32x4 1 2 3 4))`, `(i32x4.extract_lane 3 (global.get $g))`,
			`(global.set $g (v128.const i32x4 5 6 7 8))`, "v128"},
		{"funcref global", `(global $g (mut funcref) (ref.null func))`, `(ref.is_null (global.get $g))`,
			`(global.set $g (ref.func $f))`, "funcref"},
		{"externref global", `(table $t 1 externref) (global $g (mut externref) (ref.null extern))`, `(ref.is_null (global.get $g))`,
			`(global.set $g (table.get $t (i32.const 0)))`, "externref"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			text := fmt.Sprintf(`(module
  (import "acrhost_v1" "output_write" (func $output_write (param i32 i32)))
  (memory (export "memory") 1)
  %s
  (func $f (export "f"))
  (func (export "acrhost_step_v1") (result i32)
    (local $saw i32)
    (local.set $saw %s)
    %s
    (i32.store (i32.const 0) (i32.add (i32.load (i32.const 0)) (local.get $saw)))
    (call $output_write (i32.const 0) (i32.const 4))
    (i32.const 0)))`, tt.declares, tt.sees, tt.does)
			s := plugin.Spec{Wasm: wat(t, text)}
			inEveryMode(t, newRuntime(t, plugin.Config{}), s, tt.why, func(t *testing.T, m *plugin.Module) {
				var want []byte
				for range 5 {
					out, _, err := m.Run(t.Context(), nil, nil)
					if err != nil {
						t.Fatal(err)
					}
					if want == nil {
						want = out
					}
					if !bytes.Equal(out, want) {
						t.Fatalf("a later call sees %x, the first one saw %x", out, want)
					}
				}
			})
		})
	}
}

// commandCanary is a command that answers with a sum over its memory as it found it, a
// word that its _start left in a global, and how it found the streams. Then it reads its
// arguments and its input, leaves them everywhere, and closes and replaces every stream.
const commandCanary = `(module
  (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_close" (func $close (param i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_renumber" (func $renumber (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_fdstat_get" (func $stat (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "args_get" (func $args (param i32 i32) (result i32)))
  (memory (export "memory") 2)
  (global $left (mut i64) (i64.const 1))
  (func (export "_start")
    (local $sum i64) (local $i i32)
    (loop $next
      (local.set $sum (i64.mul (i64.rotl (i64.xor (local.get $sum) (i64.load (local.get $i))) (i64.const 5)) (i64.const 0x100000001b3)))
      (local.set $i (i32.add (local.get $i) (i32.const 8)))
      (br_if $next (i32.lt_u (local.get $i) (i32.const 131072))))
    (local.set $sum (i64.add (local.get $sum) (global.get $left)))
    (drop (call $args (i32.const 4092) (i32.const 4090)))
    (i32.store (i32.const 0) (i32.const 65530))
    (i32.store (i32.const 4) (i32.const 60000))
    (if (call $read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 8)) (then (unreachable)))
    (if (i32.ne (i32.load (i32.const 8)) (i32.const 50000)) (then (unreachable)))
    (if (call $read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 8)) (then (unreachable)))
    (if (i32.load (i32.const 8)) (then (unreachable)))
    (drop (call $stat (i32.const 1) (i32.const 8180)))
    (global.set $left (i64.load (i32.const 65530)))
    (i64.store (i32.const 16) (local.get $sum))
    (i32.store (i32.const 0) (i32.const 16))
    (i32.store (i32.const 4) (i32.const 8))
    (if (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)) (then (unreachable)))
    (drop (call $close (i32.const 0))) (drop (call $close (i32.const 1))) (drop (call $close (i32.const 2)))
    (drop (call $renumber (i32.const 2) (i32.const 1))) (drop (call $renumber (i32.const 1) (i32.const 0)))))`

// TestCanaryCommand holds that a command finds its streams as they were, all of its
// input, and nothing of the call before.
func TestCanaryCommand(t *testing.T) {
	s := plugin.Spec{Wasm: wat(t, commandCanary)}
	var want []byte
	inEveryMode(t, newRuntime(t, plugin.Config{}), s, "", func(t *testing.T, m *plugin.Module) {
		for n := range 20 {
			out, _, err := m.Run(t.Context(), bytes.Repeat([]byte{byte('a' + n)}, 50_000), nil)
			if err != nil {
				t.Fatal(err)
			}
			if want == nil {
				want = out
			}
			if !bytes.Equal(out, want) || len(out) != 8 {
				t.Fatalf("call %d sees %x, the first one saw %x", n, out, want)
			}
		}
	})
}
