package sdk_test

import (
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/acrhost/acrhost/host/plugin/plugintest"
	"github.com/acrhost/acrhost/sdk/author/authortest"
	"github.com/acrhost/acrhost/sdk/tck"
)

// The SDK's guest passes the conformance kit.
func TestKit(t *testing.T) {
	tck.Run(t, plugintest.Open(t, authortest.Build(t, "tck").Path()))
}

// The examples build, pass their own unit tests, and their vectors on the real runtime.
func TestExamples(t *testing.T) {
	for _, name := range []string{"hello", "set-acr", "prompt", "capability"} {
		t.Run(name, func(t *testing.T) {
			dir := "examples/" + name
			authortest.UnitTest(t, dir)
			m := plugintest.Open(t, authortest.Build(t, dir).Path())
			authortest.Vectors(t, dir, m)
			authortest.SameManifest(t, name, m)
		})
	}
}

// The step of the page builds.
func TestReadme(t *testing.T) {
	authortest.Build(t, authortest.Project(t, "c", "riddle", map[string]string{"step.c": authortest.Block(t, "README.md", "c")}))
}

// The header's own unit tests, with the sanitizers: what the wasm build would read
// silently out of bounds is caught here.
func TestHeader(t *testing.T) {
	program := filepath.Join(t.TempDir(), "header_test")
	build := exec.CommandContext(t.Context(), "gcc", "-std=gnu11", "-g", "-Wall", "-Wextra", "-Werror", "-I.", "-fsanitize=address,undefined", "-fno-sanitize-recover=all",
		"-o", program, "testdata/header_test.c")
	if text, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, text)
	}
	if text, err := exec.CommandContext(t.Context(), program).CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, text)
	}
}
