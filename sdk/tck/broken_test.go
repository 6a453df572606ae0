package tck_test

import (
	"bytes"
	"os"
	"testing"

	"github.com/acrhost/acrhost/host/plugin"
	"github.com/acrhost/acrhost/host/plugin/plugintest"
	"github.com/acrhost/acrhost/sdk/author/authortest"
	"github.com/acrhost/acrhost/sdk/tck/vectors"
	"github.com/acrhost/acrhost/sdk/vector"
)

// placeholder is what testdata/broken.c has in the place of a vector's name.
const placeholder = "@the name of the vector that this guest fails@"

// For each vector there is a guest that fails it, and not two others, of other steps:
// the kit can fail, and says which part of an SDK is at fault.
func TestBrokenGuests(t *testing.T) {
	wasm := brokenGuest(t)
	all := kit(t)
	for i, v := range all {
		t.Run(v.Name, func(t *testing.T) {
			m := plugintest.Load(t, v.Name, named(t, wasm, v.Name), plugin.Fresh)
			if diff := check(t, v, m); diff == "" {
				t.Errorf("the guest that is broken for it passes %s", v.Name)
			}
			// Vectors of its neighbours' steps pass: the guest has one mistake, and runs.
			for _, other := range []vector.Vector{all[(i+20)%len(all)], all[(i+40)%len(all)]} {
				if diff := check(t, other, m); diff != "" && other.Step != v.Step {
					t.Errorf("the guest that is broken for %s fails %s too:\n%s", v.Name, other.Name, diff)
				}
			}
		})
	}
	t.Run("manifest", func(t *testing.T) {
		m := plugintest.Load(t, "manifest", named(t, wasm, "manifest"), plugin.Fresh)
		manifest, err := m.Manifest()
		if err != nil {
			t.Fatal(err)
		}
		if faults := vectors.Manifest(manifest); len(faults) != 1 {
			t.Errorf("the guest with a wrong manifest has the faults %q", faults)
		}
		if diff := check(t, all[0], m); diff != "" {
			t.Errorf("it fails %s too:\n%s", all[0].Name, diff)
		}
	})
}

func kit(t *testing.T) []vector.Vector {
	t.Helper()
	all, err := vectors.All()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func check(t *testing.T, v vector.Vector, m vector.Module) vector.Diff {
	t.Helper()
	diff, err := v.Check(t.Context(), m)
	if err != nil {
		t.Fatal(err)
	}
	return diff
}

// brokenGuest compiles the guest that makes mistakes, once for all vectors.
func brokenGuest(t *testing.T) []byte {
	t.Helper()
	p := authortest.Build(t, authortest.Project(t, "c", "broken", map[string]string{
		"step.c":  authortest.Text(t, "testdata/broken.c"),
		"guest.c": authortest.Text(t, "../c/tck/step.c"),
	}))
	wasm, err := os.ReadFile(p.Path())
	if err != nil {
		t.Fatal(err)
	}
	return wasm
}

// named writes a vector's name into the guest.
func named(t *testing.T, wasm []byte, name string) []byte {
	t.Helper()
	if bytes.Count(wasm, []byte(placeholder)) != 1 || len(name) >= len(placeholder) {
		t.Fatalf("there is no place for %q in the guest", name)
	}
	text := make([]byte, len(placeholder))
	copy(text, name)
	return bytes.Replace(wasm, []byte(placeholder), text, 1)
}
