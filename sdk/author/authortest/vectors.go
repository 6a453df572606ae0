package authortest

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/acrhost/acrhost/sdk/go/abi"
	"github.com/acrhost/acrhost/sdk/vector"
)

// Vectors holds a module to the vectors of a project's folder tests.
func Vectors(t *testing.T, dir string, m vector.Module) {
	t.Helper()
	all, err := vector.Read(os.DirFS(filepath.FromSlash(dir)), "tests")
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range all {
		t.Run(v.Name, func(t *testing.T) {
			diff, err := v.Check(t.Context(), m)
			if err != nil {
				t.Fatal(err)
			}
			if diff != "" {
				t.Errorf("it answers otherwise:\n%s", diff)
			}
		})
	}
}

// SameManifest holds the manifest of an example to that of the same one in Go: it means
// the same in each language.
func SameManifest(t *testing.T, example string, m vector.Module) {
	t.Helper()
	text, err := exec.CommandContext(t.Context(), "go", "run", "github.com/acrhost/acrhost/sdk/go/examples/"+example, "describe").Output()
	if err != nil {
		t.Fatalf("describe the example in Go: %v", err)
	}
	var want abi.Manifest
	if err := json.Unmarshal(text, &want); err != nil {
		t.Fatal(err)
	}
	got, err := m.Manifest()
	if err != nil {
		t.Fatal(err)
	}
	if a, b := canonical(t, want), canonical(t, got); a != b {
		t.Errorf("the manifest is\n%s\nand in Go\n%s", b, a)
	}
}

// canonical is a manifest as JSON with sorted members.
func canonical(t *testing.T, manifest abi.Manifest) string {
	t.Helper()
	text, err := json.Marshal(manifest)
	if err != nil {
		t.Fatal(err)
	}
	var value any
	if err := json.Unmarshal(text, &value); err != nil {
		t.Fatal(err)
	}
	if text, err = json.Marshal(value); err != nil {
		t.Fatal(err)
	}
	return string(text)
}
