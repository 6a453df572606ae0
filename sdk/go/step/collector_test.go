package step_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/acrhost/acrhost/host/plugin"
	"github.com/acrhost/acrhost/sdk/go/abi"
)

// TestHungry: no garbage is collected in an ordinary call, but a step that asks for
// 64 MiB in small pieces lives within the 32 MiB of the ABI.
func TestHungry(t *testing.T) {
	out := filepath.Join(t.TempDir(), "hungry.wasm")
	cmd := exec.CommandContext(t.Context(), "go", "build", "-buildmode=c-shared", "-trimpath", "-ldflags", "-s -w -buildid=", "-o", out, "./testdata/hungry")
	cmd.Env = append(os.Environ(), "GOOS=wasip1", "GOARCH=wasm", "CGO_ENABLED=0")
	if text, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, text)
	}
	wasm, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	runtime, err := plugin.New(t.Context(), plugin.Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer runtime.Close(t.Context())
	m, err := runtime.Load(t.Context(), plugin.Spec{Name: "hungry", Wasm: wasm})
	if err != nil {
		t.Fatal(err)
	}
	for _, config := range []string{`{"pieces":1024,"keep":1}`, `{"pieces":1024,"keep":128}`} {
		res, err := m.Call(t.Context(), abi.Input{Call: abi.Call{Type: "hungry", Attempt: 1}, Config: []byte(config)}, nil)
		if err != nil || res.Output.Outcome != "ok" {
			t.Errorf("%s: %+v, %v", config, res.Output, err)
		}
		t.Logf("%s: %d bytes, fuel %d", config, res.Stats.MemoryBytes, res.Stats.FuelUsed)
	}
}
