package plugin_test

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/acrhost/acrhost/host/plugin"
	"github.com/acrhost/acrhost/sdk/go/abi"
)

// TestAStepCallsWhatItDeclares: what is granted is for the steps that declare it. A step
// that declares nothing is denied all, and that it tried is told, however it ends.
func TestAStepCallsWhatItDeclares(t *testing.T) {
	const manifest = `{"name":"com.example.risk","steps":{
		"score":{"outcomes":["ok"],"capabilities":["http_fetch"]},
		"label":{"outcomes":["ok"]},
		"other":{"outcomes":["ok"],"capabilities":["kv_get"]}}}`
	r := newRuntime(t, plugin.Config{Capabilities: []string{"http_fetch", "kv_get"}})
	call := `(drop (call $http_fetch (i32.const 0) (i32.const 2)))`
	asking := packed(wat(t, bordering(call+call)), manifest)
	trapping := packed(wat(t, bordering(call+`(unreachable)`)), manifest)
	for _, grant := range []plugin.Grant{{All: true}, {Capabilities: []string{"http_fetch", "kv_get"}}} {
		for _, step := range []string{"score", "label", "other"} {
			declared := step == "score"
			var asked int
			host := hostFunc(func(context.Context, string, []byte) (abi.Status, []byte) { asked++; return abi.OK, nil })
			for _, wasm := range [][]byte{asking, trapping} {
				m := load(t, r, plugin.Spec{Wasm: wasm, Grant: grant})
				result, err := m.Call(t.Context(), abi.Input{Call: abi.Call{Type: step}}, host)
				if class := failure(t, err).Class; (class == plugin.Trap) != (&wasm[0] == &trapping[0]) || class != "" && class != plugin.Trap {
					t.Errorf("%s: %v", step, err)
				}
				if got := slices.Equal(result.Stats.Undeclared, []string{"http_fetch"}); got == declared || declared && result.Stats.Undeclared != nil {
					t.Errorf("%s: undeclared %q", step, result.Stats.Undeclared)
				}
				_, stats, _ := m.Try(t.Context(), fmt.Appendf(nil, `{"call":{"type":%q}}`, step), host)
				if (len(stats.Undeclared) == 0) != declared {
					t.Errorf("%s, tried: undeclared %q", step, stats.Undeclared)
				}
			}
			if (asked > 0) != declared {
				t.Errorf("%s: the host was asked %d times", step, asked)
			}
		}
	}
}

// TestADeniedCallIsSeenByTheGuest: the status is denied, which a step can handle.
func TestADeniedCallIsSeenByTheGuest(t *testing.T) {
	const manifest = `{"name":"x","steps":{"a":{"outcomes":["ok"]},"b":{"outcomes":["ok"],"capabilities":["http_fetch"]}}}`
	r := newRuntime(t, plugin.Config{Capabilities: []string{"http_fetch"}})
	// It traps on anything but denied (1).
	wasm := packed(wat(t, bordering(`(if (i32.ne (call $http_fetch (i32.const 0) (i32.const 2)) (i32.const 1)) (then (unreachable)))`)), manifest)
	m := load(t, r, plugin.Spec{Wasm: wasm, Grant: plugin.Grant{All: true}})
	if _, err := m.Call(t.Context(), abi.Input{Call: abi.Call{Type: "a"}}, secrets()); err != nil {
		t.Error(err)
	}
	if _, err := m.Call(t.Context(), abi.Input{Call: abi.Call{Type: "b"}}, secrets()); failure(t, err).Class != plugin.Trap {
		t.Errorf("b, which declares it: %v", err)
	}
}

// TestAnUndeclaredImportIsRefused: a module that could call what no step declares isn't
// loaded, whatever is granted, and whether its manifest is packed or comes from its code.
func TestAnUndeclaredImportIsRefused(t *testing.T) {
	const manifest = `{"name":"x","steps":{"a":{"outcomes":["ok"],"capabilities":["kv_get"]}}}`
	r := newRuntime(t, plugin.Config{Capabilities: []string{"http_fetch", "kv_get"}})
	describing := fmt.Sprintf(`(module
  (import "acrhost_v1" "output_write" (func $write (param i32 i32)))
  (import "acrhost_cap_v1" "http_fetch" (func (param i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "%s")
  (func (export "acrhost_describe_v1") (result i32) (call $write (i32.const 0) (i32.const %d)) (i32.const 0))
  (func (export "acrhost_step_v1") (result i32) (i32.const 0)))`, escape(manifest), len(manifest))
	for _, wasm := range [][]byte{packed(wat(t, bordering(``)), manifest), wat(t, describing)} {
		_, err := r.Load(t.Context(), plugin.Spec{Name: "bad", Wasm: wasm, Grant: plugin.Grant{All: true, Capabilities: []string{"http_fetch"}}})
		refused(t, err, `it imports the capability "http_fetch", and no step declares it`)
	}
}
