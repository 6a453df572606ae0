package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/acrhost/acrhost/host/artifact/registrytest"
)

// riddle describes itself as the plugin of sdk/README.md does, and is quicker to build.
const riddle = `(module
  (import "acrhost_v1" "output_write" (func $write (param i32 i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "{\"name\":\"com.example.riddle\",\"version\":\"1.0.0\",\"steps\":{\"riddle\":{\"outcomes\":[\"solved\",\"failed\"]}}}")
  (func (export "acrhost_describe_v1") (result i32) (call $write (i32.const 0) (i32.const 99)) (i32.const 0))
  (func (export "acrhost_step_v1") (result i32) (i32.const 1)))
`

// markedBlock is a marked block of a page.
func markedBlock(t *testing.T, page, marker string) string {
	t.Helper()
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	m := regexp.MustCompile("(?s)<!-- test: " + marker + " -->\n```[a-z]+\n(.*?)```").FindSubmatch(text)
	if m == nil {
		t.Fatalf("%s has no block marked %q", page, marker)
	}
	return string(m[1])
}

func shipBlock(t *testing.T, marker string) string {
	t.Helper()
	return markedBlock(t, "../../sdk/README.md", marker)
}

// TestShipIt does what the page on writing a step says about shipping one: its commands, with
// a registry of the test's own in the place of the example's.
func TestShipIt(t *testing.T) {
	dir := t.TempDir()
	registry, err := registrytest.Start(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(registry.Stop)
	local := strings.NewReplacer(
		"oci://registry.example.com", "oci+http://"+registry.Address,
		"https://acme.example.com/jwks.json", "acme.jwks.json",
	)
	if err := os.WriteFile(filepath.Join(dir, "riddle.wat"), []byte(riddle), 0o600); err != nil {
		t.Fatal(err)
	}
	if text, err := exec.CommandContext(t.Context(), "wat2wasm", filepath.Join(dir, "riddle.wat"), "-o", filepath.Join(dir, "riddle.wasm")).CombinedOutput(); err != nil {
		t.Fatalf("wat2wasm: %v\n%s", err, text)
	}
	config := `issuer = "http://localhost:8080"
journey = "example"
cache_dir = "` + absolute(t, "../../.cache/acrhost") + `"
` + local.Replace(shipBlock(t, "ship-config")) + `
[plugins.standard]
path = "` + standardPlugin(t) + `"
[journeys.example]
start = "password"
[journeys.example.steps.password]
use = "standard/password"
next = { ok = "ask", failed = "@failure" }
[journeys.example.steps.ask]
use = "riddle/riddle"
next = { solved = "@success", failed = "@failure" }
`
	if err := os.WriteFile(filepath.Join(dir, "config.toml"), []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(shipBlock(t, "ship") + shipBlock(t, "ship-lock")) {
		args := strings.Fields(local.Replace(line))
		if len(args) < 2 || args[0] != "acrhost" {
			t.Fatalf("not a command of acrhost: %s", line)
		}
		login := ""
		if strings.Contains(line, "push") || strings.Contains(line, "lock") {
			args, login = append(args, "--username", registrytest.User, "--password-stdin"), registrytest.Password
		}
		if output, err := acrhostWith(t, dir, login, args[1:]...); err != nil {
			t.Errorf("%s: %v\n%s", line, err, output)
		}
	}
}
