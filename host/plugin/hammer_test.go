package plugin_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/acrhost/acrhost/host/plugin"
)

// nonceEcho is a reactor that answers with its input twice: as it read it first, and as
// it finds it after it read it again over itself, from a place that depends on it.
const nonceEcho = `(module
  (import "acrhost_v1" "input_len" (func $len (result i32)))
  (import "acrhost_v1" "input_read" (func $read (param i32 i32 i32) (result i32)))
  (import "acrhost_v1" "output_write" (func $write (param i32 i32)))
  (import "wasi_snapshot_preview1" "random_get" (func $random (param i32 i32) (result i32)))
  (memory (export "memory") 2)
  (global $kept (mut i64) (i64.const 0))
  %s
  (func (export "acrhost_step_v1") (result i32)
    (local $n i32) (local $to i32)
    (if (i64.ne (global.get $kept) (i64.const 0)) (then (unreachable)))
    (local.set $n (call $read (i32.const 1024) (call $len) (i32.const 0)))
    (global.set $kept (i64.load (i32.const 1024)))
    (local.set $to (i32.add (i32.const 2048) (i32.and (i32.load (i32.const 1024)) (i32.const 0xfff8))))
    (if (i64.ne (i64.load (local.get $to)) (i64.const 0)) (then (unreachable)))
    (memory.copy (local.get $to) (i32.const 1024) (local.get $n))
    (call $write (i32.const 1024) (local.get $n))
    (call $write (local.get $to) (local.get $n))
    (i32.const 0)))`

// hammered are modules that run in all modes, by choice and by demand.
func hammered(t testing.TB, r *plugin.Runtime) []*plugin.Module {
	t.Helper()
	plain := wat(t, fmt.Sprintf(nonceEcho, ""))
	slow := wat(t, fmt.Sprintf(nonceEcho, `(func (export "_initialize") (drop (call $random (i32.const 0) (i32.const 16))))`))
	dropping := wat(t, fmt.Sprintf(nonceEcho, `(data $d "x") (func (export "unused") (data.drop $d))`))
	return []*plugin.Module{
		load(t, r, plugin.Spec{Wasm: plain}),
		load(t, r, plugin.Spec{Wasm: plain, Mode: plugin.Restore, Instances: 3}),
		load(t, r, plugin.Spec{Wasm: plain, Mode: plugin.Fresh}),
		load(t, r, plugin.Spec{Wasm: slow, Mode: plugin.Prewarm}),
		load(t, r, plugin.Spec{Wasm: slow, Mode: plugin.Restore, SnapshotSafe: true}),
		load(t, r, plugin.Spec{Wasm: dropping}),
	}
}

// hammer calls the modules from 64 goroutines, so often in all, and holds that every
// answer belongs to its call.
func hammer(t *testing.T, modules []*plugin.Module, next *atomic.Uint64, calls int) {
	t.Helper()
	var left atomic.Int64
	left.Store(int64(calls))
	var group sync.WaitGroup
	for n := range 64 {
		group.Go(func() {
			for k := n; left.Add(-1) >= 0; k++ {
				nonce := next.Add(1)
				document := bytes.Repeat(binary.LittleEndian.AppendUint64(nil, nonce*0x9e3779b97f4a7c15|1), 8)
				out, _, err := modules[k%len(modules)].Run(t.Context(), document, nil)
				if err != nil || !bytes.Equal(out, append(document, document...)) {
					t.Errorf("call %d: %x, %v", nonce, out, err)
					return
				}
			}
		})
	}
	group.Wait()
}

// TestHammer makes 100,000 calls. From the first fifth of them on memory is flat, and
// nothing is left at the end.
func TestHammer(t *testing.T) {
	const calls = 100_000
	runtime.GC()
	goroutines := runtime.NumGoroutine()
	r := newRuntime(t, plugin.Config{})
	modules := hammered(t, r)
	var next atomic.Uint64
	began := time.Now()
	hammer(t, modules, &next, calls/5)
	heap, resident, maps := footprint(t)
	hammer(t, modules, &next, calls*4/5)
	heapAfter, residentAfter, mapsAfter := footprint(t)
	t.Logf("%d calls in %v; heap %d, then %d KiB; resident %d, then %d MiB; %d, then %d mappings", calls, time.Since(began),
		heap>>10, heapAfter>>10, resident>>20, residentAfter>>20, maps, mapsAfter)
	if heapAfter > heap+1<<20 {
		t.Errorf("the heap grew from %d to %d bytes", heap, heapAfter)
	}
	if residentAfter > resident+16<<20 {
		t.Errorf("resident memory grew from %d to %d bytes", resident, residentAfter)
	}
	if mapsAfter > maps+64 {
		t.Errorf("%d memory mappings became %d", maps, mapsAfter)
	}
	for _, m := range modules {
		if err := m.Close(t.Context()); err != nil {
			t.Error(err)
		}
	}
	for until := time.Now().Add(time.Minute); runtime.NumGoroutine() > goroutines && time.Now().Before(until); {
		time.Sleep(time.Millisecond)
	}
	if n := runtime.NumGoroutine(); n > goroutines {
		t.Errorf("%d goroutines are left, there were %d", n, goroutines)
	}
}
