package config_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/acrhost/acrhost/host/config"
)

// TestLoadReadsNoMoreThanItMay loads what may stand in a configuration's place: what never
// ends is too long, and nobody waits for a pipe's writer.
func TestLoadReadsNoMoreThanItMay(t *testing.T) {
	dir := t.TempDir()
	pipe := filepath.Join(dir, "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Skip(err)
	}
	for path, want := range map[string]string{
		pipe:        "no issuer",
		"/dev/zero": fmt.Sprintf("has more than %d bytes", config.MaxFile),
		dir:         "is a directory",
	} {
		if _, err := config.Load(path); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v; expected %q", path, err, want)
		}
	}
}

// TestMachineReadsPipes reads what a shell's <(…) gives: a pipe with a writer.
func TestMachineReadsPipes(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	go func() {
		defer w.Close()
		for range 1 << 7 { // more than a pipe holds
			if _, err := w.Write(make([]byte, 1<<10)); err != nil {
				return
			}
		}
	}()
	text, err := config.Machine().ReadFile(fmt.Sprintf("/dev/fd/%d", r.Fd()))
	if len(text) != 1<<17 || err != nil {
		t.Errorf("got %d bytes, %v", len(text), err)
	}
}
