package tck_test

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/acrhost/acrhost/host/plugin"
	"github.com/acrhost/acrhost/host/plugin/plugintest"
	"github.com/acrhost/acrhost/sdk/author/authortest"
	"github.com/acrhost/acrhost/sdk/go/abi"
	"github.com/acrhost/acrhost/sdk/tck/vectors"
	"github.com/acrhost/acrhost/sdk/vector"
)

var update = flag.Bool("update", false, "write the differences that are found as those that are expected")

const (
	// placeholder is what testdata/broken.c has in the place of a vector's name.
	placeholder = "@the name of the vector that this guest fails@"
	// differences is what each mistake is told by.
	differences = "testdata/broken.txt"
)

// For each vector there is a mistake that fails it, and not two others, of other steps: the
// kit can fail, and says which part of an SDK is at fault. Each is told by a difference of
// its own, which is the one that is written down.
func TestBrokenGuests(t *testing.T) {
	m := plugintest.Load(t, "broken", named(t, brokenGuest(t), ""), plugin.Fresh)
	all := kit(t)
	want, told := writtenDifferences(t), map[string]string{}
	var found strings.Builder
	for i, v := range all {
		t.Run(v.Name, func(t *testing.T) {
			guest := mistaken{m, v.Name}
			kind := changed(check(t, v, guest))
			fmt.Fprintf(&found, "== %s\n%s", v.Name, kind)
			before, again := told[kind]
			told[kind] = v.Name
			switch {
			case kind == "":
				t.Errorf("the guest that is broken for it passes %s", v.Name)
			case again:
				t.Errorf("it is told by the difference of %s:\n%s", before, kind)
			case kind != want[v.Name] && !*update:
				t.Errorf("it is told by another difference (-update accepts it):\n%s\nwritten down is\n%s", kind, want[v.Name])
			}
			// Vectors of its neighbours' steps pass: the guest has one mistake, and runs.
			for _, other := range []vector.Vector{all[(i+len(all)/3)%len(all)], all[(i+2*len(all)/3)%len(all)]} {
				if diff := check(t, other, guest); diff != "" && other.Step != v.Step {
					t.Errorf("the guest that is broken for %s fails %s too:\n%s", v.Name, other.Name, diff)
				}
			}
		})
	}
	if *update && !t.Failed() {
		if err := os.WriteFile(differences, []byte(found.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// The guest with a wrong manifest has that one fault.
func TestBrokenManifest(t *testing.T) {
	m := plugintest.Load(t, "manifest", named(t, brokenGuest(t), "manifest"), plugin.Fresh)
	manifest, err := m.Manifest()
	if err != nil {
		t.Fatal(err)
	}
	if faults := vectors.Manifest(manifest); len(faults) != 1 || faults[0] != `version: expected "1.0.0", got "1.0"` {
		t.Errorf("the guest with a wrong manifest has the faults %q", faults)
	}
	first := kit(t)[0]
	if diff := check(t, first, mistaken{m, "manifest"}); diff != "" {
		t.Errorf("it fails %s too:\n%s", first.Name, diff)
	}
}

// writtenDifferences are those of testdata, by the vector's name.
func writtenDifferences(t *testing.T) map[string]string {
	t.Helper()
	all := map[string]string{}
	for one := range strings.SplitSeq("\n"+authortest.Text(t, differences), "\n== ") {
		name, lines, _ := strings.Cut(one, "\n")
		all[name] = strings.TrimSuffix(lines, "\n") + "\n"
	}
	return all
}

// changed are the lines of a difference that are missing or too much, without what stands
// around them: what kind it is.
func changed(diff vector.Diff) string {
	var lines strings.Builder
	for line := range strings.Lines(strings.TrimPrefix(string(diff), "--- expected\n+++ got\n")) {
		if line[0] == '-' || line[0] == '+' {
			lines.WriteString(line)
		}
	}
	return lines.String()
}

// mistaken is the broken guest with one of its mistakes, which it is told in each call.
type mistaken struct {
	vector.Module
	name string
}

// Call calls the guest.
func (m mistaken) Call(ctx context.Context, input []byte, answer func(string, []byte) (abi.Status, []byte)) (vector.Answer, error) {
	input = bytes.TrimSuffix(bytes.TrimSpace(input), []byte("}"))
	return m.Module.Call(ctx, fmt.Appendf(bytes.Clone(input), `,"mistake":%q}`, m.name), answer)
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
