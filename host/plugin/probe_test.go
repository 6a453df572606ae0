package plugin_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/acrhost/acrhost/host/plugin"
)

// starting is a reactor that runs code in its _initialize, and answers with the eight
// bytes at 1024.
func starting(code string) string {
	return `(module
  (import "acrhost_v1" "output_write" (func $write (param i32 i32)))
  (import "wasi_snapshot_preview1" "random_get" (func $random (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "clock_time_get" (func $clock (param i32 i64 i32) (result i32)))
  (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (global $g (mut i64) (i64.const 0))
  (func (export "_initialize") (local $i i32) ` + code + `)
  (func (export "acrhost_step_v1") (result i32)
    (call $write (i32.const 1024) (i32.const 8))
    (i32.const 0)))`
}

// TestProbe loads guests that keep, from their start, what each login must get anew.
// None of them is restored, unless the operator says that it may be.
func TestProbe(t *testing.T) {
	const clear = `(i64.store (i32.const 2048) (i64.const 0))`
	r := newRuntime(t, plugin.Config{})
	for name, row := range map[string]struct {
		code        string
		least, most int // bytes that the probe finds to differ
	}{
		"randomness":                   {`(drop (call $random (i32.const 1024) (i32.const 8)))`, 6, 8},
		"randomness in a global":       {`(drop (call $random (i32.const 2048) (i32.const 8))) (global.set $g (i64.load (i32.const 2048))) ` + clear, 8, 8},
		"a kilobyte of it":             {`(drop (call $random (i32.const 1024) (i32.const 1024)))`, 990, 1024},
		"the wall clock":               {`(drop (call $clock (i32.const 0) (i64.const 1) (i32.const 1024)))`, 3, 8},
		"the monotonic clock":          {`(drop (call $clock (i32.const 1) (i64.const 1) (i32.const 1024)))`, 3, 8},
		"one bit of randomness":        {`(drop (call $random (i32.const 1024) (i32.const 1))) (i32.store8 (i32.const 1024) (i32.and (i32.load8_u (i32.const 1024)) (i32.const 1)))`, 0, 1},
		"one bit of the clock":         {`(drop (call $clock (i32.const 0) (i64.const 1) (i32.const 2048))) (i64.store (i32.const 1024) (i64.and (i64.load (i32.const 2048)) (i64.const 1))) ` + clear, 0, 1},
		"the weekday":                  {`(drop (call $clock (i32.const 0) (i64.const 1) (i32.const 2048))) (i64.store (i32.const 1024) (i64.rem_u (i64.div_u (i64.load (i32.const 2048)) (i64.const 86400000000000)) (i64.const 7))) ` + clear, 0, 1},
		"whether a time is over":       {`(i64.store (i32.const 24) (i64.const 1)) (i32.store16 (i32.const 40) (i32.const 1)) (drop (call $poll (i32.const 0) (i32.const 1024) (i32.const 1) (i32.const 2048)))`, 0, 1},
		"whether it is a lucky number": {`(drop (call $random (i32.const 2048) (i32.const 8))) (i32.store (i32.const 1024) (i64.eq (i64.load (i32.const 2048)) (i64.const 42))) ` + clear, 0, 1},
	} {
		t.Run(name, func(t *testing.T) {
			wasm := wat(t, starting(row.code))
			for range 16 { // chance must not help
				m := load(t, r, plugin.Spec{Wasm: wasm})
				s := m.Safety()
				if s.Restore || m.Mode() == plugin.Restore {
					t.Fatalf("it is restored: %+v", s)
				}
				if s.EntropyBytes < row.least || s.EntropyBytes > row.most {
					t.Fatalf("%d bytes differ, want %d to %d", s.EntropyBytes, row.least, row.most)
				}
			}
			_, err := r.Load(t.Context(), plugin.Spec{Name: "bad", Wasm: wasm, Mode: plugin.Restore})
			refused(t, err, "mode restore", "randomness or the time")
			for _, mode := range []plugin.Mode{plugin.Auto, plugin.Restore} {
				m := load(t, r, plugin.Spec{Wasm: wasm, Mode: mode, SnapshotSafe: true})
				if m.Mode() != plugin.Restore || !strings.Contains(m.Safety().Why, "snapshot_safe") {
					t.Errorf("with the operator's word: mode %s, %+v", m.Mode(), m.Safety())
				}
			}
		})
	}
}

// TestProbeLetsTheDeterministicPass: what is the same in every instance is restored,
// also when it is much, and so is what draws randomness in its calls only.
func TestProbeLetsTheDeterministicPass(t *testing.T) {
	r := newRuntime(t, plugin.Config{Capabilities: []string{"http_fetch"}})
	for name, wasm := range map[string][]byte{
		"fills its memory":      wat(t, starting(`(memory.fill (i32.const 0) (i32.const 7) (i32.const 65536))`)),
		"grows":                 wat(t, starting(`(drop (memory.grow (i32.const 5))) (i64.store (i32.const 300000) (i64.const 1))`)),
		"draws in its call":     wat(t, bordering(`(drop (call $random_get (i32.const 1024) (i32.const 64)))`)),
		"has a global set":      wat(t, starting(`(global.set $g (i64.const 5))`)),
		"asks for a wrong time": wat(t, starting(fmt.Sprintf(`(drop (call $clock (i32.const %d) (i64.const 1) (i32.const 1024)))`, 77))),
	} {
		m := load(t, r, plugin.Spec{Wasm: wasm, Grant: plugin.Grant{All: true}})
		if s := m.Safety(); m.Mode() != plugin.Restore || s.EntropyBytes != 0 {
			t.Errorf("%s: mode %s, %+v", name, m.Mode(), s)
		}
	}
}
