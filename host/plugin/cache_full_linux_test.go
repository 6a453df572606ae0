package plugin_test

import (
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

const fullDisk = "ACRHOST_TEST_FULL_DISK"

// TestFullDisk runs a host that can write nothing to its cache, from its start on: on a
// new folder, on one that is warm, and on one where the engine added something that is
// to be sealed.
func TestFullDisk(t *testing.T) {
	if dir := os.Getenv(fullDisk); dir != "" {
		// No file may be longer than nothing, as on a full disk.
		signal.Ignore(syscall.SIGXFSZ)
		s := &shelf{t: t, dir: dir, wasm: wat(t, coded('a')), letter: "a"}
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{}); err != nil {
			t.Fatal(err)
		}
		s.answers()
		return
	}
	s := newShelf(t, 'a')
	entry := s.entry()
	for _, c := range []struct {
		name  string
		spoil func()
	}{
		{"warm", func() {}},
		{"with something to seal", func() {
			later := time.Now().Add(time.Hour)
			s.must(os.Chtimes(s.code(), later, later))
		}},
		{"with a broken entry", func() { s.must(os.Truncate(s.code(), 10)) }},
		{"without the entry", func() { s.must(os.RemoveAll(entry)) }},
		{"without a key", func() { s.must(os.Remove(filepath.Join(s.dir, "key"))) }},
		{"new", func() { s.must(os.RemoveAll(s.dir)) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			s.t = t
			c.spoil()
			child := exec.Command(os.Args[0], "-test.run=^TestFullDisk$", "-test.count=1")
			child.Env = append(os.Environ(), fullDisk+"="+s.dir)
			if out, err := child.CombinedOutput(); err != nil {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
}

// TestSealIsAPipe puts a pipe in the seal's place: whoever waited for what comes out of
// it would wait for ever.
func TestSealIsAPipe(t *testing.T) {
	s := newShelf(t, 'a')
	seal := s.seal()
	s.must(os.Remove(seal))
	s.must(syscall.Mkfifo(seal, 0o600))
	s.answers()
}
