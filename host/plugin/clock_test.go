package plugin_test

import (
	"encoding/binary"
	"testing"
	"time"

	"github.com/acrhost/acrhost/host/plugin"
)

// watching is a reactor that keeps the monotonic clock of its start, and answers with the
// real time, 32 random bytes, and how long it says that it lived at its start, at the
// beginning and, after it looked a thousand times and slept for a millisecond, at the end
// of the call. A clock that goes back is a trap.
const watching = `(module
  (import "acrhost_v1" "output_write" (func $write (param i32 i32)))
  (import "wasi_snapshot_preview1" "random_get" (func $random (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "clock_time_get" (func $clock (param i32 i64 i32) (result i32)))
  (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (func $lived (result i64)
    (drop (call $clock (i32.const 1) (i64.const 1) (i32.const 512)))
    (i64.load (i32.const 512)))
  (func (export "_initialize") (i64.store (i32.const 40) (call $lived)))
  (func (export "acrhost_step_v1") (result i32)
    (local $last i64) (local $now i64) (local $i i32)
    (drop (call $clock (i32.const 0) (i64.const 1) (i32.const 0)))
    (drop (call $random (i32.const 8) (i32.const 32)))
    (local.set $last (call $lived))
    (i64.store (i32.const 48) (local.get $last))
    (if (i64.lt_u (local.get $last) (i64.load (i32.const 40))) (then (unreachable)))
    (loop $next
      (local.set $now (call $lived))
      (if (i64.lt_u (local.get $now) (local.get $last)) (then (unreachable)))
      (local.set $last (local.get $now))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $next (i32.lt_u (local.get $i) (i32.const 1000))))
    (i32.store (i32.const 1040) (i32.const 1))
    (i64.store (i32.const 1048) (i64.const 1000000))
    (drop (call $poll (i32.const 1024) (i32.const 2048) (i32.const 1) (i32.const 3072)))
    (i64.store (i32.const 56) (call $lived))
    (call $write (i32.const 0) (i32.const 64))
    (i32.const 0)))`

// TestClocksAndRandomness holds in each mode that no two calls get the same randomness,
// that the real time is right, and that the monotonic clock never goes back, also where
// an instance is restored to its start.
func TestClocksAndRandomness(t *testing.T) {
	r, wasm := newRuntime(t, plugin.Config{}), wat(t, watching)
	seen := map[string]bool{}
	for _, mode := range []plugin.Mode{plugin.Fresh, plugin.Restore, plugin.Prewarm} {
		t.Run(string(mode), func(t *testing.T) {
			m := load(t, r, plugin.Spec{Wasm: wasm, Mode: mode, SnapshotSafe: true})
			for range 50 {
				began := time.Now()
				out, _, err := m.Run(t.Context(), nil, nil)
				took := time.Since(began)
				if err != nil || len(out) != 64 {
					t.Fatalf("%x, %v", out, err)
				}
				number := func(at int) time.Duration { return time.Duration(binary.LittleEndian.Uint64(out[at:])) }
				if real := time.Unix(0, int64(number(0))); real.Before(began.Add(-time.Second)) || real.After(began.Add(took+time.Second)) {
					t.Errorf("the real time is %v, it was %v", real, began)
				}
				if seen[string(out[8:24])] || seen[string(out[24:40])] {
					t.Error("randomness came twice")
				}
				seen[string(out[8:24])], seen[string(out[24:40])] = true, true
				if slept := number(56) - number(48); slept < time.Millisecond || slept > took {
					t.Errorf("a call of %v, in which it slept for a millisecond, took %v by its clock", took, slept)
				}
			}
		})
	}
}
