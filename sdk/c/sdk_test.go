package sdk_test

import (
	"context"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

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
	ctx, done := context.WithTimeout(t.Context(), time.Minute) // a reader that stands still never ends
	defer done()
	if text, err := exec.CommandContext(ctx, program).CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, text)
	}
}

// A type with more members than the reader can keep apart is an error when it is
// compiled.
func TestTooManyMembers(t *testing.T) {
	for members, fits := range map[int]bool{64: true, 65: false} {
		var list strings.Builder
		for i := range members {
			fmt.Fprintf(&list, ` M(INT, m%d, OPTIONAL, "")`, i)
		}
		source := "#include \"acrhost.h\"\n#define WIDE(M)" + list.String() + "\nACRHOST_TYPE(wide, WIDE)\n"
		build := exec.CommandContext(t.Context(), "gcc", "-std=gnu11", "-I.", "-fsyntax-only", "-x", "c", "-")
		build.Stdin = strings.NewReader(source)
		text, err := build.CombinedOutput()
		if (err == nil) != fits || !fits && !strings.Contains(string(text), "at most 64 members") {
			t.Errorf("%d members: %v\n%s", members, err, text)
		}
	}
}
