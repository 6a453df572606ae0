package plugin_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/acrhost/acrhost/host/plugin"
	"github.com/acrhost/acrhost/sdk/go/abi"
)

// TestLoadListsEveryReason holds that one refusal names all that is wrong.
func TestLoadListsEveryReason(t *testing.T) {
	r := newRuntime(t, plugin.Config{Capabilities: []string{"kv_get"}})
	wasm := wat(t, `(module
		(import "env" "a" (func))
		(import "acrhost_v1" "input_len" (func (param i32)))
		(import "acrhost_cap_v1" "launch" (func (param i32 i32) (result i32)))
		(import "acrhost_cap_v1" "kv_get" (func (param i32 i32) (result i32)))
		(func (export "acrhost_step_v2") (result i32) (i32.const 0)))`)
	_, err := r.Load(t.Context(), plugin.Spec{Name: "bad", Wasm: wasm})
	refused(t, err,
		`"env.a": the host has no such function`,
		`"acrhost_v1.input_len" has the type (i32) -> (), expected () -> (i32)`,
		`no capability "launch"`,
		`outside the grant: the capability "kv_get"`,
		`no memory named "memory"`,
		`"acrhost_step_v2"; this host supports "acrhost_step_v1" only`)
}

// refused demands a *RefusedError that says all of it.
func refused(t *testing.T, err error, want ...string) {
	t.Helper()
	no, ok := errors.AsType[*plugin.RefusedError](err)
	if !ok {
		t.Fatalf("got %v, want a refusal", err)
	}
	if no.Plugin != "bad" {
		t.Errorf("it names the plugin %q", no.Plugin)
	}
	for _, w := range want {
		if !strings.Contains(no.Reason, w) {
			t.Errorf("reason %q doesn't say %q", no.Reason, w)
		}
	}
}

// TestTruncated holds that no part of a module passes for a module.
func TestTruncated(t *testing.T) {
	// Without data, which is a section that a module may do without.
	good := wat(t, `(module (memory (export "memory") 1) (func (export "acrhost_step_v1") (result i32) (i32.const 0)))`)
	r := newRuntime(t, plugin.Config{})
	for n := range good {
		_, err := r.Load(t.Context(), plugin.Spec{Name: "bad", Wasm: good[:n]})
		if err == nil {
			t.Fatalf("the first %d of %d bytes were loaded", n, len(good))
		}
		refused(t, err)
	}
}

// TestSharedCode holds that closing one module leaves another of the same bytes alone.
func TestSharedCode(t *testing.T) {
	wasm := wat(t, answering(`{"outcome":"ok"}`))
	r := newRuntime(t, plugin.Config{})
	a := load(t, r, plugin.Spec{Wasm: wasm})
	b := load(t, r, plugin.Spec{Wasm: wasm})
	for range 2 {
		if err := a.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := b.Call(t.Context(), abi.Input{}, nil); err != nil {
		t.Error(err)
	}
}

func TestCacheFolder(t *testing.T) {
	wasm := wat(t, answering(`{"outcome":"ok"}`))
	dir := filepath.Join(t.TempDir(), "cache")
	for range 2 { // cold, then warm
		m := load(t, newRuntime(t, plugin.Config{CacheDir: dir}), plugin.Spec{Wasm: wasm})
		if _, err := m.Call(t.Context(), abi.Input{}, nil); err != nil {
			t.Fatal(err)
		}
	}
	info, err := os.Stat(dir)
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o700 {
		t.Errorf("mode %v, want 0700", info.Mode())
	}
	if err := os.Chmod(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	if _, err := plugin.New(context.Background(), plugin.Config{CacheDir: dir}); err == nil || !strings.Contains(err.Error(), "0777") {
		t.Errorf("a folder that anybody can write to: %v", err)
	}
}
