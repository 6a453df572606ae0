package main

import (
	"encoding/pem"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// vendor is an https server that serves a folder, whose certificate the command trusts.
func vendor(t *testing.T, dir string) string {
	t.Helper()
	s := httptest.NewTLSServer(http.FileServer(http.Dir(dir)))
	t.Cleanup(s.Close)
	ca := filepath.Join(t.TempDir(), "ca.pem")
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw})
	if err := os.WriteFile(ca, text, 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("SSL_CERT_FILE", ca)
	return s.URL
}

// TestLockFromHTTPS takes a plugin and the keys of its vendor from an https server, and
// follows the vendor to another key.
func TestLockFromHTTPS(t *testing.T) {
	at, dir, cache := t.TempDir(), t.TempDir(), filepath.Join(t.TempDir(), "cache")
	site := vendor(t, at)
	run := func(want string, args ...string) {
		t.Helper()
		output, err := acrhost(t, dir, args...)
		if refused := strings.HasPrefix(want, "!"); refused != (err != nil) || !strings.Contains(output, strings.TrimPrefix(want, "!")) {
			t.Fatalf("acrhost %s: %v, wanted %q\n%s", strings.Join(args, " "), err, want, output)
		}
	}
	module := filepath.Join(at, "riddle.wasm")
	if err := os.WriteFile(filepath.Join(dir, "riddle.wat"), []byte(riddle), 0o600); err != nil {
		t.Fatal(err)
	}
	if text, err := exec.CommandContext(t.Context(), "wat2wasm", filepath.Join(dir, "riddle.wat"), "-o", module).CombinedOutput(); err != nil {
		t.Fatalf("wat2wasm: %v\n%s", err, text)
	}
	run("sha256:", "plugin", "pack", module)
	run("", "plugin", "keygen", "-o", "first.jwk", "--jwks", filepath.Join(at, "jwks.json"))
	run("signed", "plugin", "sign", module, "--key", "first.jwk")
	digest, err := fileDigest(module)
	if err != nil {
		t.Fatal(err)
	}
	config := fmt.Sprintf(`issuer = "http://localhost:8080"
journey = "example"
cache_dir = %q
[signers.acme]
jwks = "%s/jwks.json"
[plugins.riddle]
source = "%s/riddle.wasm#%s"
signers = ["acme"]
[journeys.example]
start = "ask"
[journeys.example.steps.ask]
use = "riddle/riddle"
next = { solved = "@success", failed = "@failure" }
`, cache, site, site, digest)
	if err := os.WriteFile(filepath.Join(dir, "config.toml"), []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	run("signed by acme", "plugin", "lock")
	run("no faults", "check")
	run("with the key", "plugin", "verify", module, "--jwks", site+"/jwks.json")

	// Another key, of which the host hasn't heard yet: the vendor is asked again.
	if err := os.Remove(filepath.Join(at, "jwks.json")); err != nil {
		t.Fatal(err)
	}
	run("", "plugin", "keygen", "--alg", "ES256", "-o", "second.jwk", "--jwks", filepath.Join(at, "jwks.json"))
	run("signed", "plugin", "sign", module, "--key", "second.jwk")
	run("signed by acme", "plugin", "lock")
	run("no faults", "check")
	// The vendor took the first key back, so what it signed is worth nothing.
	run("signed", "plugin", "sign", module, "--key", "first.jwk")
	run("!signature: wrong signer", "plugin", "lock")

	// Another content at the same address, and nothing on the shelf.
	if err := os.RemoveAll(filepath.Join(cache, "modules")); err != nil {
		t.Fatal(err)
	}
	run("no faults", "check")
	if err := os.RemoveAll(filepath.Join(cache, "modules")); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(module, []byte("something else"), 0o600); err != nil {
		t.Fatal(err)
	}
	run("!the module was changed: its digest is", "check")
	run("!the module was changed: its digest is", "plugin", "lock")
}
