package watch_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/acrhost/acrhost/host/watch"
)

// write changes a file, or makes it, by one event: two of which the second comes late on a
// busy machine would be two changes.
func write(t *testing.T, parts ...string) {
	t.Helper()
	path := filepath.Join(parts...)
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		t.Fatal(err)
	}
	file, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		made := filepath.Join(t.TempDir(), "made")
		if err := errors.Join(os.WriteFile(made, []byte("first"), 0o666), os.Rename(made, path)); err != nil {
			t.Fatal(err)
		}
		return
	}
	defer file.Close()
	if _, err := file.WriteString(time.Now().String()); err != nil {
		t.Fatal(err)
	}
}

func tells(t *testing.T, w *watch.Watcher, what string) {
	t.Helper()
	select {
	case <-w.Changes():
	case <-time.After(time.Minute):
		t.Fatalf("%s is not told", what)
	}
}

func silent(t *testing.T, w *watch.Watcher, what string) {
	t.Helper()
	select {
	case <-w.Changes():
		t.Fatalf("%s is told", what)
	case <-time.After(400 * time.Millisecond):
	}
}

func TestTree(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "src", "main.c")
	write(t, dir, "target", "old")
	w, err := watch.Tree(dir, func(path string) bool { return path == "target" || strings.HasSuffix(path, ".wasm") })
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	silent(t, w, "nothing")
	write(t, dir, "src", "main.c")
	tells(t, w, "a file below")
	silent(t, w, "one change a second time")
	write(t, dir, "out.wasm")
	write(t, dir, "target", "new")
	silent(t, w, "what is ignored")
	write(t, dir, "tests", "a.json")
	tells(t, w, "a new folder")
	write(t, dir, "tests", "b.json")
	tells(t, w, "a file in a new folder")
}

// What a compiler puts in the place of the file before counts, and so does a file that
// was not there; its neighbours don't.
func TestFiles(t *testing.T) {
	dir := t.TempDir()
	module := filepath.Join(dir, "a.wasm")
	w, err := watch.Files(module)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	write(t, dir, "b.wasm")
	silent(t, w, "a neighbour")
	write(t, module)
	tells(t, w, "a new file")
	if err := os.Rename(filepath.Join(dir, "b.wasm"), module); err != nil {
		t.Fatal(err)
	}
	tells(t, w, "another in its place")
}

func TestNoSuchFolder(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "none")
	if _, err := watch.Tree(dir, func(string) bool { return false }); err == nil {
		t.Error("a folder that is not there is watched")
	}
	if _, err := watch.Files(filepath.Join(dir, "a")); err == nil {
		t.Error("a file in a folder that is not there is watched")
	}
}
