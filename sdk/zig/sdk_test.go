package sdk_test

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/acrhost/acrhost/sdk/author/authortest"
)

// The examples build, and pass their own unit tests.
func TestExamples(t *testing.T) {
	for _, name := range []string{"hello", "set-acr", "prompt", "capability"} {
		t.Run(name, func(t *testing.T) {
			authortest.Build(t, "examples/"+name)
			authortest.UnitTest(t, "examples/"+name)
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
