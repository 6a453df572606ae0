package plugintest

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/acrhost/acrhost/host/capability"
	"github.com/acrhost/acrhost/host/plugin"
	"github.com/acrhost/acrhost/host/plugin/scripted"
	"github.com/acrhost/acrhost/sdk/vector"
)

// Open loads the module of a file for the test. A module that a host would refuse fails
// the test. Compiled code is kept for the next one, where there is a folder .cache.
func Open(t testing.TB, path string) vector.Module {
	t.Helper()
	wasm, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return Load(t, filepath.Base(path), wasm, plugin.Auto)
}

// Load loads a module for the test, in a mode.
func Load(t testing.TB, name string, wasm []byte, mode plugin.Mode) vector.Module {
	t.Helper()
	runtime, err := plugin.New(t.Context(), plugin.Config{CacheDir: cache(), Capabilities: capability.Names()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := runtime.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	spec := scripted.Spec(name, wasm)
	spec.Mode = mode
	module, err := runtime.Load(t.Context(), spec)
	if err != nil {
		t.Fatal(err)
	}
	return scripted.New(module)
}
