package author

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	sdk "github.com/acrhost/acrhost/sdk/c"
)

// unitTest is the native program that a C project's unit tests become.
const unitTest = ".unit-test"

func clang() Language {
	return Language{
		Name:  "c",
		Title: "C",
		Tools: []Tool{
			{
				Name: "clang", For: "it compiles C to WebAssembly, with wasm-ld and wasi-libc", Env: "ACRHOST_CLANG",
				Candidates: []string{"clang", "/usr/bin/clang"}, Check: checkClang,
				Install: "sudo apt-get install clang lld wasi-libc libclang-rt-dev-wasm32",
			},
			{
				Name: "cc", For: "it compiles the unit tests for this machine", Env: "ACRHOST_CC",
				Candidates: []string{"cc", "gcc", "clang"}, Install: "sudo apt-get install gcc libc6-dev", TestOnly: true,
			},
		},
		SDK:      []Tree{{Files: sdk.Files()}},
		Template: sdk.Template(),
		Build: func(t Toolchain, p Project) []Command {
			// A small stack in front of the data: one that overflows traps.
			return []Command{t.Command("compile", "clang", "--target=wasm32-wasi", "-mexec-model=reactor", "-std=gnu11", "-O2", "-Wall", "-Wextra",
				"-I"+SDKDir, "-Wl,-z,stack-size=65536", "-Wl,--stack-first", "-Wl,--strip-all", "-o", p.Module, "step.c")}
		},
		Test: func(t Toolchain, _ Project) []Command {
			return []Command{
				t.Command("compile the unit tests", "cc", "-std=gnu11", "-g", "-Wall", "-Wextra", "-I"+SDKDir, "-o", unitTest, "step_test.c"),
				{What: "unit tests", Args: []string{"./" + unitTest}},
			}
		},
	}
}

// checkClang holds that a clang has all that a module is linked of: a linker, a C
// library and the compiler's own runtime.
func checkClang(ctx context.Context, words []string) error {
	dir, err := os.MkdirTemp("", "acrhost-clang-")
	if err != nil {
		return fmt.Errorf("try it: %w", err)
	}
	defer os.RemoveAll(dir)
	try := exec.CommandContext(ctx, words[0], append(words[1:], "--target=wasm32-wasi", "-mexec-model=reactor", "-x", "c", "-", "-o", filepath.Join(dir, "try.wasm"))...)
	try.Stdin = strings.NewReader("#include <stdlib.h>\nlong double twice(long double x) { return 2 * x; }\n")
	out, err := try.CombinedOutput()
	if err != nil {
		reason, _, _ := strings.Cut(strings.TrimSpace(string(out)), "\n")
		return fmt.Errorf("it can't build for wasm32-wasi: %s", reason)
	}
	return nil
}
