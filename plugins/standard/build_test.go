package main_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// build makes the module as make plugins does.
func build(t *testing.T) []byte {
	t.Helper()
	out := filepath.Join(t.TempDir(), "standard.wasm")
	cmd := exec.CommandContext(t.Context(), "go", "build", "-buildmode=c-shared", "-trimpath", "-buildvcs=false",
		"-ldflags", "-s -w -buildid=", "-o", out, ".")
	cmd.Env = append(os.Environ(), "GOOS=wasip1", "GOARCH=wasm", "CGO_ENABLED=0")
	if text, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, text)
	}
	wasm, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	return wasm
}

// TestSnapshotSafe holds the module to the promise of its manifest: it can't even
// reach a generator that is seeded when the module starts, and then gives each login
// the same numbers.
func TestSnapshotSafe(t *testing.T) {
	cmd := exec.CommandContext(t.Context(), "go", "list", "-deps", ".")
	cmd.Env = append(os.Environ(), "GOOS=wasip1", "GOARCH=wasm", "CGO_ENABLED=0")
	text, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	packages := strings.Fields(string(text))
	if !slices.Contains(packages, "github.com/acrhost/acrhost/plugins/otp") {
		t.Fatalf("the list of packages has no step in it: %q", packages)
	}
	for _, generator := range []string{"math/rand", "math/rand/v2", "hash/maphash"} {
		if slices.Contains(packages, generator) {
			t.Errorf("the module links %s: draw from crypto/rand in the call instead, or take snapshot_safe from the manifest", generator)
		}
	}
}
