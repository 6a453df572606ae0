package author

import (
	"context"
	"fmt"
	"os/exec"
	"strings"

	sdk "github.com/acrhost/acrhost/sdk/zig"
)

// zigVersion is the Zig that the SDK builds with. Zig changes its language and its
// library with each of these, so it is that one and no other.
const zigVersion = "0.17"

// zigModules make main.zig a program that can import the SDK.
var zigModules = [...]string{"--dep", "acrhost", "-Mroot=main.zig", "-Macrhost=" + SDKDir + "/acrhost.zig"}

func zig() Language {
	return Language{
		Name:  "zig",
		Title: "Zig",
		Tools: []Tool{{
			Name: "zig", For: "it compiles Zig to WebAssembly (" + zigVersion + ")", Env: "ACRHOST_ZIG",
			Candidates: []string{"zig", "python3 -m ziglang"},
			Check:      checkZig,
			Install:    "python3 -m venv ~/zig && ~/zig/bin/pip install 'ziglang==" + zigVersion + ".*', then ACRHOST_ZIG=\"$HOME/zig/bin/python -m ziglang\"   (or see https://ziglang.org/download)",
		}},
		SDK:      []Tree{{Files: sdk.Files()}},
		Template: sdk.Template(),
		Build: func(t Toolchain, p Project) []Command {
			// Safe: an index out of range ends the call, and is no read of other memory. A
			// small stack in front of the data: one that overflows traps.
			args := []string{"build-exe", "-target", "wasm32-freestanding", "-fno-entry", "--export=acrhost_step_v1", "--export=acrhost_describe_v1",
				"-O", "ReleaseSafe", "-fstrip", "--stack", "65536", "-femit-bin=" + p.Module}
			return []Command{t.Command("compile", "zig", append(args, zigModules[:]...)...)}
		},
		Test: func(t Toolchain, _ Project) []Command {
			return []Command{t.Command("unit tests", "zig", append([]string{"test"}, zigModules[:]...)...)}
		},
	}
}

// checkZig holds that a zig is of the right version.
func checkZig(ctx context.Context, words []string) error {
	out, err := exec.CommandContext(ctx, words[0], append(words[1:], "version")...).Output()
	if err != nil {
		return fmt.Errorf("it does not run: %w", err)
	}
	if v := strings.TrimSpace(string(out)); !strings.HasPrefix(v, zigVersion+".") {
		return fmt.Errorf("it is %s, and the SDK needs %s", v, zigVersion)
	}
	return nil
}
