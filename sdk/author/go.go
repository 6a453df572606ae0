package author

import (
	"context"
	"fmt"
	"os/exec"
	"strings"

	sdk "github.com/acrhost/acrhost/sdk/go"
)

// goVersion is the oldest Go that the SDK builds with: the first whose output a host
// can take for a reactor, and the one that go.mod names.
const goVersion = "1.26"

func golang() Language {
	return Language{
		Name:  "go",
		Title: "Go",
		Tools: []Tool{{
			Name: "go", For: "it compiles Go to WebAssembly (" + goVersion + " or later)", Env: "ACRHOST_GO",
			Install: "sudo snap install go --classic   (or see https://go.dev/doc/install)",
			Check:   checkGo,
		}},
		SDK: []Tree{
			{Files: sdk.Files(), To: "sdk/go", Omit: needsMore},
			{Files: sdk.Standalone()},
		},
		Template: sdk.Template(),
		Build: func(t Toolchain, p Project) []Command {
			return []Command{t.Command("compile", "go", "build", "-buildmode=c-shared", "-trimpath", "-buildvcs=false",
				"-ldflags=-s -w -buildid=", "-o", p.Module, ".").With("GOOS=wasip1", "GOARCH=wasm")}
		},
		Test: func(t Toolchain, _ Project) []Command {
			return []Command{t.Command("unit tests", "go", "test", ".")}
		},
	}
}

// needsMore are the files that need another module: the copy in a project builds and
// tests without a network. Standalone has another conforms.go.
func needsMore(path string) bool {
	return strings.HasSuffix(path, "_test.go") || path == "steptest/conforms.go"
}

// checkGo holds that a go command is new enough.
func checkGo(ctx context.Context, words []string) error {
	out, err := exec.CommandContext(ctx, words[0], append(words[1:], "env", "GOVERSION")...).Output()
	if err != nil {
		return fmt.Errorf("it does not run: %w", err)
	}
	var major, minor, wantMajor, wantMinor int
	_, _ = fmt.Sscanf(goVersion, "%d.%d", &wantMajor, &wantMinor)
	if _, err := fmt.Sscanf(string(out), "go%d.%d", &major, &minor); err != nil {
		return nil // a development version of Go
	}
	if major < wantMajor || major == wantMajor && minor < wantMinor {
		return fmt.Errorf("it is %s", strings.TrimSpace(string(out)))
	}
	return nil
}
