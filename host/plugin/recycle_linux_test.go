package plugin_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/acrhost/acrhost/host/plugin"
	"github.com/acrhost/acrhost/sdk/go/abi"
)

// status reads a line of /proc/self/status that is in kB, as VmSize, in bytes.
func status(t testing.TB, name string) int {
	t.Helper()
	text, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := bytes.Cut(text, []byte(name+":"))
	var kb int
	if _, err := fmt.Sscan(string(rest), &kb); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return kb << 10
}

// TestMemoryIsRecycled holds that a new instance gets the address space of an old one:
// reserving it anew costs more than the instance. So it is with a cache and without, cold
// and warm.
func TestMemoryIsRecycled(t *testing.T) {
	const size = 2 << 30 // only reserved
	dir := filepath.Join(t.TempDir(), "cache")
	wasm := wat(t, answering(`{"outcome":"ok"}`))
	for _, c := range []struct{ name, dir string }{{"without a cache", ""}, {"cold", dir}, {"warm", dir}} {
		t.Run(c.name, func(t *testing.T) {
			before := status(t, "VmSize")
			m := load(t, newRuntime(t, plugin.Config{CacheDir: c.dir}), plugin.Spec{
				Wasm: wasm, Mode: plugin.Fresh, Limits: plugin.Limits{MemoryBytes: size},
			})
			if _, err := m.Call(t.Context(), abi.Input{}, nil); err != nil {
				t.Fatal(err)
			}
			if kept := status(t, "VmSize") - before; kept < size {
				t.Errorf("no memory waits for the next call: %d MiB more are reserved", kept>>20)
			}
		})
	}
}
