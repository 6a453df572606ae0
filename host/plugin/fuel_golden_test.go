package plugin_test

import (
	"fmt"
	"testing"

	"github.com/acrhost/acrhost/host/plugin"
	"github.com/acrhost/acrhost/sdk/go/abi"
)

// counted is a reactor that does something before it answers.
func counted(work string) string {
	return fmt.Sprintf(`(module
  (import "acrhost_v1" "output_write" (func $write (param i32 i32)))
  (memory (export "memory") 2)
  (table 1 funcref)
  (elem (i32.const 0) $fib)
  (type $one (func (param i32) (result i32)))
  (data (i32.const 0) "{\"outcome\":\"ok\"}")
  (func $fib (param $n i32) (result i32)
    (if (result i32) (i32.lt_u (local.get $n) (i32.const 2))
      (then (local.get $n))
      (else (i32.add
        (call $fib (i32.sub (local.get $n) (i32.const 1)))
        (call $fib (i32.sub (local.get $n) (i32.const 2)))))))
  (func (export "acrhost_step_v1") (result i32)
    (local $i i32)
    %s
    (call $write (i32.const 0) (i32.const 16))
    (i32.const 0)))`, work)
}

// TestFuelIsTheSameOnEveryMachine holds fuel to numbers that were counted elsewhere: on
// whatever processor the test runs, a call takes exactly as much. Who changes what an
// instruction costs changes limits that operators have set, and has to say so.
func TestFuelIsTheSameOnEveryMachine(t *testing.T) {
	for name, c := range map[string]struct {
		work string
		fuel uint64
	}{
		"nothing":   {"", 5},
		"a loop":    {"(loop $again (local.set $i (i32.add (local.get $i) (i32.const 1))) (br_if $again (i32.lt_u (local.get $i) (i32.const 1000))))", 8005},
		"recursion": {"(drop (call $fib (i32.const 15)))", 19734},
		"a table":   {"(drop (call_indirect (type $one) (i32.const 10) (i32.const 0)))", 1775},
		"a fill":    {"(memory.fill (i32.const 1024) (i32.const 7) (i32.const 70000))", 8759},
		"a copy":    {"(memory.copy (i32.const 1024) (i32.const 2048) (i32.const 50000))", 6259},
		"growth":    {"(drop (memory.grow (i32.const 3)))", 24584},
	} {
		for _, mode := range []plugin.Mode{plugin.Fresh, plugin.Restore, plugin.Prewarm} {
			m := load(t, newRuntime(t, plugin.Config{}), plugin.Spec{Name: "counted", Wasm: wat(t, counted(c.work)), Mode: mode})
			for range 2 {
				res, err := m.Call(t.Context(), abi.Input{}, nil)
				if err != nil {
					t.Fatalf("%s, %s: %v", name, mode, err)
				}
				if res.Stats.FuelUsed != c.fuel {
					t.Errorf("%s, %s: it took %d, want %d", name, mode, res.Stats.FuelUsed, c.fuel)
				}
			}
		}
	}
}
