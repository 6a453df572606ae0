package author

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func program(t *testing.T, path string) string {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"), 0o777); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestToolIsFound(t *testing.T) {
	dir, bin := t.TempDir(), t.TempDir()
	t.Setenv("PATH", bin)
	onPath := program(t, filepath.Join(bin, "asc"))
	tool := Tool{Name: "asc", For: "it compiles", Env: "ACRHOST_TEST_ASC", Install: "npm install"}
	find := func(want ...string) {
		t.Helper()
		got, err := tool.find(t.Context(), dir)
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("found %q, %v, want %q", got, err, want)
		}
	}
	find(onPath)
	find(onPath)
	local := program(t, filepath.Join(dir, "node_modules", ".bin", "asc"))
	find(local)
	t.Setenv("ACRHOST_TEST_ASC", onPath+" -m asc")
	find(onPath, "-m", "asc")
}

func TestMissingToolSaysHowToGetIt(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	l := Language{Tools: []Tool{
		{Name: "rustc", For: "it compiles Rust", Env: "ACRHOST_TEST_RUSTC", Install: "sudo apt-get install rustc"},
		{Name: "cargo", For: "it builds crates", Install: "sudo apt-get install cargo"},
	}}
	_, err := l.Toolchain(t.Context(), t.TempDir())
	for _, want := range []string{"rustc is missing: it compiles Rust", "sudo apt-get install rustc", "ACRHOST_TEST_RUSTC=", "cargo is missing", "sudo apt-get install cargo"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not in: %v", want, err)
		}
	}
	if _, ok := errors.AsType[*MissingError](err); !ok {
		t.Errorf("%T is no *MissingError", err)
	}
}

// A tool that will not do is passed over for the next, and the message says why.
func TestToolIsChecked(t *testing.T) {
	bin := t.TempDir()
	t.Setenv("PATH", bin)
	program(t, filepath.Join(bin, "old"))
	good := program(t, filepath.Join(bin, "new"))
	tool := Tool{Name: "compiler", For: "it compiles", Candidates: []string{"old", "new"}, Install: "apt-get",
		Check: func(_ context.Context, words []string) error {
			if filepath.Base(words[0]) == "old" {
				return errors.New("it has no wasm32")
			}
			return nil
		}}
	if got, err := tool.find(t.Context(), ""); err != nil || got[0] != good {
		t.Errorf("found %q, %v", got, err)
	}
	tool.Candidates = []string{"old"}
	if _, err := tool.find(t.Context(), ""); err == nil || !strings.Contains(err.Error(), "tried old: it has no wasm32") {
		t.Errorf("got %v", err)
	}
}
