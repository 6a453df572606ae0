package host

import (
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/acrhost/acrhost/host/artifact"
	"github.com/acrhost/acrhost/host/artifact/lock"
	"github.com/acrhost/acrhost/host/config"
)

// importing is a module that imports a capability, with a packed manifest and no code.
func importing(capability, manifest string) []byte {
	section := func(id byte, content ...byte) []byte {
		return append(binary.AppendUvarint([]byte{id}, uint64(len(content))), content...)
	}
	named := func(s string) []byte { return append(binary.AppendUvarint(nil, uint64(len(s))), s...) }
	wasm := []byte("\x00asm\x01\x00\x00\x00")
	wasm = append(wasm, section(1, 1, 0x60, 2, 0x7f, 0x7f, 1, 0x7f)...) // (i32, i32) -> i32
	imports := append([]byte{1}, named("acrhost_cap_v1")...)
	imports = append(append(imports, named(capability)...), 0, 0)
	wasm = append(wasm, section(2, imports...)...)
	return append(wasm, section(0, append(named("acrhost.manifest"), manifest...)...)...)
}

const riskManifest = `{"name":"com.example.risk","version":"1.5.0","steps":{"score":{"outcomes":["low"],"capabilities":["kv_get"]}}}`

// An update that imports what its manifest is silent about could do more than the locked
// one, and is told so.
func TestComparedByImports(t *testing.T) {
	e := lock.Entry{Name: "com.example.risk", Version: "1.4.2", Asks: artifact.AllAsks{"score": {Capabilities: []string{"kv_get"}}}}
	got := compared(e, importing("http_fetch", riskManifest))
	if want := `; version "1.5.0" asks for more than the locked "1.4.2": imports acrhost_cap_v1.http_fetch`; got != want {
		t.Errorf("got %s", got)
	}
	got = compared(e, importing("kv_get", riskManifest))
	if want := `; version "1.5.0" asks for no more than the locked "1.4.2"`; got != want {
		t.Errorf("got %s", got)
	}
}

// A name is the module's own word: what it says to a terminal is quoted.
func TestComparedNames(t *testing.T) {
	e := lock.Entry{Name: "com.example.risk", Version: "1.4.2"}
	got := compared(e, importing("kv_get", `{"name":"com.evil\u001b[2J","version":"9","steps":{"s":{"outcomes":["ok"],"capabilities":["kv_get"]}}}`))
	if want := `; it is another plugin, "com.evil\x1b[2J" version "9", and asks for more than the locked "com.example.risk" version "1.4.2": capabilities kv_get`; got != want {
		t.Errorf("got %s", got)
	}
}

// What could do more than it says is not locked.
func TestLockRefusesUndeclaredImports(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "risk.wasm")
	if err := os.WriteFile(path, importing("http_fetch", riskManifest), 0o600); err != nil {
		t.Fatal(err)
	}
	cfg := &config.Config{
		LockFile: filepath.Join(dir, lock.Name),
		Plugins:  map[string]config.Plugin{"risk": {Name: "risk", Path: path, InsecureAllowUnsigned: true}},
	}
	_, err := Lock(t.Context(), cfg, Options{}, nil)
	faults, ok := errors.AsType[config.Faults](err)
	if !ok || !strings.Contains(faults.Error(), "it imports capabilities that no step declares: http_fetch") {
		t.Errorf("got %v", err)
	}
	if _, err := os.Stat(cfg.LockFile); err == nil {
		t.Error("a lock was written")
	}
}
