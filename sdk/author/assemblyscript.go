package author

import (
	"context"
	"fmt"
	"os/exec"
	"strings"

	sdk "github.com/acrhost/acrhost/sdk/assemblyscript"
)

// ascVersion is the AssemblyScript that the SDK builds with. The SDK has a part that
// works inside the compiler, so it is that one and no other.
const ascVersion = "0.28"

// ascPackage is where the SDK lies in SDKDir: as an npm package among others, where asc
// finds it by its name.
const ascPackage = "@acrhost/step"

func assemblyscript() Language {
	return Language{
		Name:  "assemblyscript",
		Title: "AssemblyScript",
		Tools: []Tool{
			{
				Name: "node", For: "it runs the compiler and the unit tests (20 or later)", Env: "ACRHOST_NODE",
				Install: "sudo apt-get install nodejs npm   (where that is older, as on Debian 12, npm install node@22 in the project's folder as well)",
				Check:   node(20),
			},
			{
				Name: "asc", For: "it compiles AssemblyScript to WebAssembly (" + ascVersion + ")", Env: "ACRHOST_ASC",
				Install: "npm install   (in the project's folder)",
				Check:   checkASC,
			},
		},
		SDK:      []Tree{{Files: sdk.Files(), To: ascPackage}},
		Template: sdk.Template(),
		Taken:    []string{"assemblyscript"},
		Build: func(t Toolchain, p Project) []Command {
			return []Command{asc(t, p)}
		},
		// What node tests is the module, so there has to be one.
		Test: func(t Toolchain, p Project) []Command {
			return []Command{asc(t, p), t.Command("unit tests", "node", "--test", "main.test.mjs")}
		},
	}
}

// asc is the call of the compiler; the other options are in the project's asconfig.json.
func asc(t Toolchain, p Project) Command {
	return t.Command("compile", "asc", "main.ts", "--transform", "./"+SDKDir+"/"+ascPackage+"/transform.js", "-o", p.Module)
}

// node checks that a node is of the given major version, or later. The test runner came
// with 18; the unit tests of AssemblyScript need a String of 20, which the compiler asks
// for too.
func node(oldest int) func(ctx context.Context, words []string) error {
	return func(ctx context.Context, words []string) error {
		out, err := exec.CommandContext(ctx, words[0], append(words[1:], "--version")...).Output()
		if err != nil {
			return fmt.Errorf("it does not run: %w", err)
		}
		var major int
		if _, err := fmt.Sscanf(string(out), "v%d.", &major); err == nil && major < oldest {
			return fmt.Errorf("it is %s, and %d or later is needed", strings.TrimSpace(string(out)), oldest)
		}
		return nil
	}
}

// checkASC holds that an asc is of the right version.
func checkASC(ctx context.Context, words []string) error {
	out, err := exec.CommandContext(ctx, words[0], append(words[1:], "--version")...).Output()
	if err != nil {
		return fmt.Errorf("it does not run: %w", err)
	}
	if v := strings.TrimSpace(string(out)); !strings.HasPrefix(v, "Version "+ascVersion+".") {
		return fmt.Errorf("it is %q, and the SDK needs %s", v, ascVersion)
	}
	return nil
}
