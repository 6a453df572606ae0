package plugin_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/acrhost/acrhost/host/plugin"
	"github.com/acrhost/acrhost/sdk/go/abi"
)

// fatStack is a reactor that is 990 calls deep when it does what is at the bottom, in frames
// for 1,500 vectors each. Few bytes of code make them: $many leaves 500 at a time.
func fatStack(bottom string) string {
	const vectors = 500
	var many strings.Builder
	for n := range vectors {
		fmt.Fprintf(&many, "(v128.load offset=%d (i32.const 0)) ", 16*n)
	}
	types := strings.Repeat("v128 ", vectors)
	return `(module
  (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll (param i32 i32 i32 i32) (result i32)))
  (import "acrhost_cap_v1" "http_fetch" (func $http_fetch (param i32 i32) (result i32)))
  (import "acrhost_v1" "output_write" (func $write (param i32 i32)))
  (memory (export "memory") 1)
  (data (i32.const 4096) "{\"outcome\":\"ok\"}")
  (global $never (mut i32) (i32.const 0))
  (func $many (result ` + types + `) ` + many.String() + `)
  (func $eat (param ` + types + `))
  (func $down (param $n i32)
    (if (i32.eqz (local.get $n)) (then ` + bottom + ` return))
    (if (global.get $never)
      (then call $many call $many call $many (call $down (i32.sub (local.get $n) (i32.const 1))) call $eat call $eat call $eat)
      (else (call $down (i32.sub (local.get $n) (i32.const 1))))))
  (func (export "acrhost_step_v1") (result i32)
    (i32.store (i32.const 16) (i32.const 1))
    (i64.store (i32.const 24) (i64.const 1000000))
    (call $down (i32.const 990))
    (call $write (i32.const 4096) (i32.const 16))
    (i32.const 0)))`
}

// TestFatStacks holds that no guest waits with a stack of tens of megabytes, which are in
// none of its limits, and that none is kept for the next call.
func TestFatStacks(t *testing.T) {
	r := newRuntime(t, plugin.Config{Capabilities: []string{"http_fetch"}, Untimed: []string{"http_fetch"}})
	for name, tt := range map[string]struct {
		bottom string
		want   plugin.Class
	}{
		"answers":           {"", ""},
		"sleeps":            {"(drop (call $poll (i32.const 0) (i32.const 64) (i32.const 1) (i32.const 128)))", plugin.Stack},
		"asks":              {asking, plugin.Stack},
		"computes for ever": {"(loop $again (br $again))", plugin.Stack},
	} {
		t.Run(name, func(t *testing.T) {
			s := plugin.Spec{Wasm: wat(t, fatStack(tt.bottom)), Grant: plugin.Grant{All: true}, Limits: plugin.Limits{Timeout: time.Minute}}
			inEveryMode(t, r, s, "", func(t *testing.T, m *plugin.Module) {
				before := heapInUse()
				for range 3 {
					_, err := m.Call(t.Context(), abi.Input{}, secrets())
					if failed := failure(t, err); failed.Class != tt.want || tt.want == plugin.Stack && !strings.Contains(failed.Message, "16 MiB") {
						t.Errorf("got %v, want class %q", err, tt.want)
					}
				}
				if after := heapInUse(); after > before+16<<20 {
					t.Errorf("its calls left %d MiB on the heap", (after-before)>>20)
				}
			})
		})
	}
}

func heapInUse() uint64 {
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return stats.HeapInuse
}
