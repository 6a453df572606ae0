package shelf_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/acrhost/acrhost/host/artifact/shelf"
)

// A device gives bytes for ever, a folder none, and a pipe waits for somebody who writes:
// none is read, nor what is too long.
func TestReadRegular(t *testing.T) {
	dir := t.TempDir()
	file, link, pipe := filepath.Join(dir, "long"), filepath.Join(dir, "link"), filepath.Join(dir, "pipe")
	if err := errors.Join(os.WriteFile(file, make([]byte, 5), 0o600), os.Symlink("/dev/zero", link), syscall.Mkfifo(pipe, 0o600)); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{"/dev/zero": "no regular file", link: "no regular file", pipe: "no regular file", dir: "no regular file", file: "more than 4 bytes"} {
		if _, err := shelf.ReadRegular(path, 4); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", path, err, want)
		}
	}
	if got, err := shelf.ReadRegular(file, 5); err != nil || len(got) != 5 {
		t.Errorf("%d bytes, %v", len(got), err)
	}
	if _, err := shelf.ReadRegular(file+".absent", 5); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("absent: %v", err)
	}
}
