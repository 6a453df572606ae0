package plugin_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/acrhost/acrhost/host/plugin"
	"github.com/acrhost/acrhost/sdk/go/abi"
)

// withoutRaceDetector skips a test that would take a minute under it, as it compiles large
// modules or does one thing after the other many times. make test runs it without, too.
func withoutRaceDetector(t *testing.T) {
	t.Helper()
	if raceDetector {
		t.Skip("run without the race detector")
	}
}

// wat compiles a module in the text format.
func wat(t testing.TB, text string) []byte {
	t.Helper()
	tool, err := exec.LookPath("wat2wasm")
	if err != nil {
		t.Fatal("wat2wasm is missing: make tools installs it (Debian: apt-get install wabt)")
	}
	dir := t.TempDir()
	from, to := filepath.Join(dir, "guest.wat"), filepath.Join(dir, "guest.wasm")
	if err := os.WriteFile(from, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command(tool, from, "-o", to).CombinedOutput(); err != nil {
		t.Fatalf("wat2wasm: %v\n%s", err, out)
	}
	wasm, err := os.ReadFile(to)
	if err != nil {
		t.Fatal(err)
	}
	return wasm
}

// watFile compiles a guest of testdata.
func watFile(t testing.TB, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return wat(t, string(text))
}

// answering is a reactor that answers with a document, whatever it is asked.
func answering(document string) string {
	return fmt.Sprintf(`(module
  (import "acrhost_v1" "output_write" (func $write (param i32 i32)))
  (memory (export "memory") 2)
  (data (i32.const 0) "%s")
  (func (export "acrhost_step_v1") (result i32)
    (call $write (i32.const 0) (i32.const %d))
    (i32.const 0)))`, escape(document), len(document))
}

func escape(s string) string {
	out := make([]byte, 0, 3*len(s))
	for i := range len(s) {
		out = fmt.Appendf(out, "\\%02x", s[i])
	}
	return string(out)
}

func newRuntime(t testing.TB, c plugin.Config) *plugin.Runtime {
	t.Helper()
	r, err := plugin.New(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return r
}

// load loads a module. Where a test says nothing of time there is plenty: the machine
// may be busy with other tests. Where it says nothing of the breaker there is none.
func load(t testing.TB, r *plugin.Runtime, s plugin.Spec) *plugin.Module {
	t.Helper()
	if s.Limits.Timeout == 0 {
		s.Limits.Timeout = time.Minute
	}
	if s.Name == "" {
		s.Name = "guest"
	}
	if s.Breaker == (plugin.Breaker{}) {
		s.Breaker.Failures = -1
	}
	m, err := r.Load(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := m.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return m
}

// failure is the error of a call, which must be an *Error.
func failure(t testing.TB, err error) *plugin.Error {
	t.Helper()
	if err == nil {
		return &plugin.Error{}
	}
	failed, ok := errors.AsType[*plugin.Error](err)
	if !ok {
		t.Fatalf("%T is not an *Error: %v", err, err)
	}
	return failed
}

// hostFunc answers capability calls in tests.
type hostFunc func(ctx context.Context, capability string, request []byte) (abi.Status, []byte)

func (f hostFunc) Call(ctx context.Context, capability string, request []byte) (abi.Status, []byte) {
	return f(ctx, capability, request)
}
