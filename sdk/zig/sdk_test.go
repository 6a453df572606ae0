package sdk_test

import (
	"os"
	"os/exec"
	"strings"
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
			p := authortest.Build(t, dir)
			authortest.UnitTest(t, dir)
			m := plugintest.Open(t, p.Path())
			authortest.Vectors(t, dir, m)
			authortest.SameManifest(t, name, m)
		})
	}
}

// The SDK passes its unit tests, and is formatted.
func TestNative(t *testing.T) {
	authortest.Tools(t)
	for _, args := range []string{"test acrhost.zig", "fmt --check ."} {
		words := append(strings.Fields(os.Getenv("ACRHOST_ZIG")), strings.Fields(args)...)
		if out, err := exec.CommandContext(t.Context(), words[0], words[1:]...).CombinedOutput(); err != nil {
			t.Errorf("zig %s: %v\n%s", args, err, out)
		}
	}
}

// The step of the page builds, and passes its test.
func TestReadme(t *testing.T) {
	dir := authortest.Project(t, "zig", "riddle", map[string]string{"main.zig": authortest.Block(t, "README.md", "zig")})
	authortest.Build(t, dir)
	authortest.UnitTest(t, dir)
}
