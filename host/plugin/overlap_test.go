package plugin_test

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/acrhost/acrhost/host/plugin"
	"github.com/acrhost/acrhost/sdk/go/abi"
)

// overlaps are calls whose buffers lie over each other, or over what describes them.
func overlaps() []deed {
	return []deed{
		// The host overwrites the list of buffers while it goes through it.
		{"fd_read over its own list", `(memory.fill (i32.const 8192) (i32.const 0x20) (i32.const 4096))
      (i32.store (local.get $at) (local.get $at)) (i32.store (i32.add (local.get $at) (i32.const 4)) (i32.const 4096))
      (drop (call $fd_read (i32.const 0) (local.get $at) (i32.const 2) (local.get $at)))`},
		{"fd_write that counts into its own list", `(i32.store (local.get $at) (local.get $at)) (i32.store (i32.add (local.get $at) (i32.const 4)) (i32.const 16))
      (drop (call $fd_write (i32.const 2) (local.get $at) (i32.const 1) (i32.add (local.get $at) (i32.const 2))))`},
		{"args_get over itself", `(drop (call $args_get (local.get $at) (i32.add (local.get $at) (i32.const 1))))`},
		{"args_sizes_get twice in one place", `(drop (call $args_sizes_get (local.get $at) (i32.add (local.get $at) (i32.const 1))))`},
		{"poll_oneoff over its own question", `(memory.fill (local.get $at) (i32.const 0) (i32.const 96))
      (i32.store8 (i32.add (local.get $at) (i32.const 8)) (i32.const 2)) (i32.store8 (i32.add (local.get $at) (i32.const 56)) (i32.const 1))
      (drop (call $poll_oneoff (local.get $at) (i32.sub (local.get $at) (i32.const 7)) (i32.const 2) (i32.add (local.get $at) (i32.const 3))))`},
		{"http_fetch and its answer in one place", `(drop (call $http_fetch (local.get $at) (local.get $n))) (drop (call $result_read (i32.sub (local.get $at) (i32.const 5)) (local.get $n) (i32.const 3)))`},
		{"input_read over what is written", `(drop (call $input_read (local.get $at) (local.get $n) (i32.const 0))) (drop (call $input_read (i32.add (local.get $at) (i32.const 1)) (local.get $n) (i32.const 7)))`},
		{"random_get over the clock", `(drop (call $clock_time_get (i32.const 1) (i64.const 0) (local.get $at))) (drop (call $random_get (i32.sub (local.get $at) (i32.const 4)) (i32.const 8)))`},
	}
}

// TestOverlappingBuffers gives the host buffers that overlap: it stays within them, and
// knows what it wrote.
func TestOverlappingBuffers(t *testing.T) {
	inCages(t, overlaps(), func(c *cage) {
		before := "nothing"
		for _, d := range c.deeds {
			for at := uint32(65536 - 20); at < 65536+4; at++ {
				c.does(d.name, at, 300, before)
				before = fmt.Sprintf("%s at %d", d.name, at)
			}
		}
		c.sees(before)
	})
}

// edges are numbers that a length, a pointer or an offset goes wrong at.
func edges() []int32 {
	return []int32{0, 1, -1, 7, 65528, 65535, 65536, 65537, math.MaxInt32, math.MinInt32, math.MinInt32 + 8, -65536, -8}
}

// TestWASIAtEveryEdge gives every argument of every function of WASI that does something
// every edge, in all combinations, on instances that are restored and on new ones. The guest
// is answered or trapped.
func TestWASIAtEveryEdge(t *testing.T) {
	r := newRuntime(t, plugin.Config{})
	signatures := map[string]string{
		"args_get": "ii", "args_sizes_get": "ii", "environ_get": "ii", "environ_sizes_get": "ii", "clock_res_get": "ii", "clock_time_get": "iIi",
		"random_get": "ii", "fd_read": "iiii", "fd_write": "iiii", "fd_fdstat_get": "ii", "fd_prestat_get": "ii", "fd_close": "i", "fd_renumber": "ii",
		"poll_oneoff": "iiii", "fd_seek": "iIii", "path_open": "iiiiiIIii", "sock_recv": "iiiiii",
	}
	types := strings.NewReplacer("i", "i32 ", "I", "i64 ")
	for name, params := range signatures {
		// The step reads the arguments from its input, sixteen bits of which edge each.
		var args strings.Builder
		for n, p := range params {
			load := fmt.Sprintf("(i32.load offset=%d (i32.const 32768))", 4*n)
			if p == 'I' {
				load = "(i64.extend_i32_s " + load + ")"
			}
			args.WriteString(load)
		}
		text := fmt.Sprintf(`(module
  (import "acrhost_v1" "input_read" (func $input_read (param i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "%s" (func $f (param %s) (result i32)))
  (memory (export "memory") 1)
  (func (export "acrhost_step_v1") (result i32)
    (drop (call $input_read (i32.const 32768) (i32.const 64) (i32.const 0)))
    (drop (call $f %s))
    (i32.const 0)))`, name, types.Replace(params), args.String())
		modes := []*plugin.Module{load(t, r, plugin.Spec{Wasm: wat(t, text), Mode: plugin.Restore}), load(t, r, plugin.Spec{Wasm: wat(t, text), Mode: plugin.Fresh})}
		for n, document := range combinations(min(len(params), 4), len(params)) {
			_, _, err := modes[n%len(modes)].Run(t.Context(), document, nil)
			if failed := failure(t, err); err != nil && failed.Class != plugin.Trap || strings.Contains(failed.Message, "engine failed") {
				t.Errorf("%s with %x: %v", name, document, err)
			}
		}
	}
	good := load(t, r, plugin.Spec{Wasm: wat(t, answering(`{"outcome":"ok"}`))})
	if _, err := good.Call(t.Context(), abi.Input{}, nil); err != nil {
		t.Errorf("after all of them: %v", err)
	}
}

// combinations are arguments: every edge for the first so many, zero for the rest.
func combinations(vary, of int) [][]byte {
	list := [][]byte{nil}
	for n := range of {
		var next [][]byte
		for _, head := range list {
			for _, e := range edges() {
				next = append(next, binary.LittleEndian.AppendUint32(slices.Clip(head), uint32(e)))
				if n >= vary {
					break
				}
			}
		}
		list = next
	}
	return list
}

// TestElementsOutOfBounds starts a module again and again whose table is filled outside
// of its end: what it got at its start is not lost.
func TestElementsOutOfBounds(t *testing.T) {
	text := `(module (memory (export "memory") 16) (table 1 funcref) (elem (i32.const 5) $f)
  (func $f (export "acrhost_step_v1") (result i32) (i32.const 0)))`
	for _, mode := range everyMode() {
		t.Run(string(mode), func(t *testing.T) {
			m, ok := mayLoad(t, newRuntime(t, plugin.Config{}), plugin.Spec{Wasm: wat(t, text), Mode: mode})
			if !ok {
				return
			}
			defer m.Close(t.Context())
			var first string
			for n := range 500 {
				_, _, err := m.Run(t.Context(), nil, nil)
				if n == 0 {
					first = fmt.Sprint(err)
				}
				if got := fmt.Sprint(err); got != first {
					t.Fatalf("call %d: %s, the first one was %s", n, got, first)
				}
			}
			t.Logf("each call: %s", first)
		})
	}
}
