package plugin_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/acrhost/acrhost/host/plugin"
	"github.com/acrhost/acrhost/sdk/go/abi"
)

const traced = `(module
	(import "acrhost_v1" "input_len" (func $input_len (result i32)))
	(memory (export "memory") 1)
	(func $deep (unreachable))
	(func (call $deep))
	(func (export "acrhost_step_v1") (result i32) (call 2) (i32.const 0)))`

// A trap says where it was, by the indices that the module has, and only to who
// develops it.
func TestTrace(t *testing.T) {
	r, err := plugin.New(t.Context(), plugin.Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close(t.Context())
	for _, trace := range []bool{true, false} {
		m, err := r.Load(t.Context(), plugin.Spec{Name: "traced", Wasm: wat(t, traced), Grant: plugin.Grant{All: true}, Trace: trace})
		if err != nil {
			t.Fatal(err)
		}
		_, err = m.Call(t.Context(), abi.Input{}, nil)
		failed, ok := errors.AsType[*plugin.Error](err)
		if !ok || failed.Class != plugin.Trap {
			t.Fatalf("got %v", err)
		}
		got := strings.Join(failed.Trace, "\n")
		want := "function 1()\nfunction 2()\nfunction 3() i32"
		if !trace {
			want = ""
		}
		if got != want {
			t.Errorf("trace %v: got\n%s\nwant\n%s", trace, got, want)
		}
	}
}
