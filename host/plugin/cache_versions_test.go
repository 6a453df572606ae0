package plugin_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// TestTwoEnginesShareAFolder has the command, whose engine knows its version, run a module
// from the folder of a test, whose engine knows none: each keeps what it compiled, as two
// versions of a host do during an upgrade. If they took each other's entry away, they
// would go on compiling for as long as both run.
func TestTwoEnginesShareAFolder(t *testing.T) {
	command, err := filepath.Abs("../../bin/acrhost")
	if _, missing := os.Stat(command); err != nil || missing != nil {
		t.Skip("run make build first")
	}
	s := newShelf(t, 'a')
	mine := s.code()
	home := t.TempDir()
	module, input := filepath.Join(home, "module.wasm"), filepath.Join(home, "input.json")
	s.write(module, s.wasm)
	s.write(input, []byte("{}"))
	s.must(os.Symlink(s.dir, filepath.Join(home, "acrhost")))
	run := exec.CommandContext(t.Context(), command, "plugin", "run", module, "--input", input, "--mode", "fresh")
	run.Env = append(os.Environ(), "XDG_CACHE_HOME="+home)
	if text, err := run.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	s.answers()
	list, err := filepath.Glob(filepath.Join(s.dir, "rewrite-*"))
	if err != nil || len(list) != 2 {
		t.Errorf("the folder has %q, %v, want an entry of each", list, err)
	}
	if _, err := os.Stat(mine); err != nil {
		t.Error(err)
	}
}
