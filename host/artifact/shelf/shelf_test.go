package shelf_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/acrhost/acrhost/host/artifact"
	"github.com/acrhost/acrhost/host/artifact/shelf"
)

func TestShelf(t *testing.T) {
	dir := t.TempDir()
	s := shelf.In(filepath.Join(dir, "cache"))
	wasm := []byte("some module")
	digest := artifact.Digest(wasm)
	if got, err := s.Get(digest); got != nil || err != nil {
		t.Fatalf("empty: %q, %v", got, err)
	}
	if err := s.Put(wasm); err != nil {
		t.Fatal(err)
	}
	if got, err := s.Get(digest); !bytes.Equal(got, wasm) || err != nil {
		t.Fatalf("%q, %v", got, err)
	}
	path := filepath.Join(s.Dir, strings.ReplaceAll(digest, ":", "-")+".wasm")
	for what, mode := range map[string]os.FileMode{s.Dir: 0o700, path: 0o600} {
		if info, err := os.Stat(what); err != nil || info.Mode().Perm() != mode {
			t.Errorf("%s: %v, %v", what, info.Mode(), err)
		}
	}
	if err := os.WriteFile(path, []byte("same module"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got, err := s.Get(digest); got != nil || err != nil {
		t.Errorf("what was changed is given out: %q, %v", got, err)
	}
	if err := (shelf.Shelf{}).Put(wasm); err != nil {
		t.Error(err)
	}
	if got, err := shelf.In("").Get(digest); got != nil || err != nil {
		t.Errorf("nowhere: %q, %v", got, err)
	}
}

func TestWriteNewLeavesWhatIsThere(t *testing.T) {
	path := filepath.Join(t.TempDir(), "key")
	if err := shelf.WriteNew(path, []byte("first"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := shelf.WriteNew(path, []byte("second"), 0o600); err == nil {
		t.Error("written over")
	}
	link := path + ".link"
	if err := os.Symlink(path+".target", link); err != nil {
		t.Fatal(err)
	}
	if err := shelf.WriteNew(link, []byte("third"), 0o600); err == nil {
		t.Error("written through a link")
	}
	got, err := os.ReadFile(path)
	info, statErr := os.Stat(path)
	if err != nil || statErr != nil || string(got) != "first" || info.Mode().Perm() != 0o600 {
		t.Errorf("%q, %v, %v", got, info.Mode(), err)
	}
}
