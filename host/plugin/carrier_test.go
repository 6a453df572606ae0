package plugin_test

import (
	"strings"
	"testing"

	"github.com/acrhost/acrhost/host/plugin"
	"github.com/acrhost/acrhost/sdk/go/abi"
)

// TestCarrierOfBothExports: a module with the exports of both carriers is a reactor
// only with _initialize. What is left over of a reactor in a command traps here.
func TestCarrierOfBothExports(t *testing.T) {
	const both = `(module
  (import "acrhost_v1" "output_write" (func $write (param i32 i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "\40\00\00\00\15\00\00\00")
  (data (i32.const 64) "{\22outcome\22:\22command\22}")
  (data (i32.const 128) "{\22outcome\22:\22reactor\22}")
  (func (export "_start")
    (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 16))))
  (func (export "acrhost_step_v1") (result i32)
    (call $write (i32.const 128) (i32.const 21))
    (i32.const 0))
  %s)`
	r := newRuntime(t, plugin.Config{})
	for initialize, want := range map[string]string{"": "command", `(func (export "_initialize"))`: "reactor"} {
		m := load(t, r, plugin.Spec{Wasm: wat(t, strings.Replace(both, "%s", initialize, 1))})
		res, err := m.Call(t.Context(), abi.Input{}, nil)
		if err != nil || res.Output.Outcome != want {
			t.Errorf("with %q: %v, outcome %q, want %q", initialize, err, res.Output.Outcome, want)
		}
	}
}
