package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/acrhost/acrhost/sdk/author"
)

// TestLanguages is the way of a stranger, from plugin new to a login, with each
// language's real tools. The script is the same for all.
func TestLanguages(t *testing.T) {
	compilesModules(t)
	script, err := os.ReadFile("testdata/language.txtar")
	if err != nil {
		t.Fatal(err)
	}
	plugin, tools := standardPlugin(t), toolchains(t)
	for _, l := range author.Languages() {
		file := filepath.Join(t.TempDir(), l.Name+".txtar")
		text := strings.NewReplacer("LANGUAGE", l.Name, "COMMANDS", lines(written(t, l.Name, "sh", first(l.Name))),
			"CONFIGURATION", written(t, l.Name, "toml", "issuer"), "PIN", lines(written(t, l.Name, "sh", "acrhost plugin pack"))).Replace(string(script))
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		testscript.Run(t, testscript.Params{
			Files:               []string{file},
			RequireExplicitExec: true,
			Cmds:                sceneCommands,
			Setup: func(env *testscript.Env) error {
				env.Vars = append(env.Vars, tools...)
				return setUpScene(env, plugin)
			},
		})
	}
}

// written is what a block of code in the README of a project in a language holds, with its
// first words.
func written(t *testing.T, language, kind, begins string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("../../sdk", language, "template/README.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, block, found := strings.Cut(string(text), "```"+kind+"\n"+begins)
	block, _, ended := strings.Cut(begins+block, "\n```")
	if !found || !ended {
		t.Fatalf("the README of a project in %s has no block of %s that begins with %s", language, kind, begins)
	}
	return strings.NewReplacer("[[.Module]]", "my-step.wasm", "[[.Name]]", "my-step").Replace(block)
}

// first is how the first block of commands begins: AssemblyScript has to be installed.
func first(language string) string {
	if language == "assemblyscript" {
		return "npm install"
	}
	return "acrhost plugin build"
}

// lines are the commands of a block, as lines of a script: all but those that need a
// network or never end.
func lines(block string) string {
	var list []string
	for line := range strings.Lines(block) {
		command, _, _ := strings.Cut(strings.TrimSpace(line), "#")
		if strings.HasPrefix(command, "npm ") || strings.Contains(command, "--watch") {
			continue
		}
		if strings.HasPrefix(command, "acrhost plugin bench ") {
			command += " --time 50ms"
		}
		list = append(list, "exec "+command)
	}
	return strings.Join(list, "\n")
}

// toolchains is the environment in which the languages' tools are found, and find what
// they keep: scripts have no home. What make tools puts into .cache/tools is on no PATH.
func toolchains(t *testing.T) []string {
	t.Helper()
	tools, err := filepath.Abs("../../.cache/tools")
	if err != nil {
		t.Fatal(err)
	}
	home, err := os.UserHomeDir()
	if err != nil {
		t.Fatal(err)
	}
	vars := map[string]string{
		"ACRHOST_ASC":          filepath.Join(tools, "npm", "node_modules", ".bin", "asc"),
		"ACRHOST_ZIG":          filepath.Join(tools, "python", "bin", "python") + " -m ziglang",
		"ZIG_GLOBAL_CACHE_DIR": filepath.Join(tools, "zig-cache"),
		"RUSTUP_HOME":          filepath.Join(home, ".rustup"),
		"npm_config_cache":     filepath.Join(home, ".npm"),
	}
	out, err := exec.Command("go", "env", "GOCACHE", "GOMODCACHE", "GOPATH").Output()
	if err != nil {
		t.Fatalf("go env: %v", err)
	}
	values := strings.Split(strings.TrimSpace(string(out)), "\n")
	for i, name := range []string{"GOCACHE", "GOMODCACHE", "GOPATH"} {
		vars[name] = values[i]
	}
	list := []string{
		"GOFLAGS=-trimpath", "GOPROXY=off", "GOTOOLCHAIN=local", // flags as make has them: what is compiled is in the cache
		// What .ci/crates fetched is enough, and is compiled once for all.
		"CARGO_NET_OFFLINE=true",
		"CARGO_HOME=" + filepath.Join(tools, "..", "cargo"),
		"CARGO_TARGET_DIR=" + filepath.Join(tools, "..", "rust"),
		"ACRHOST_QUICKJS=" + filepath.Join(tools, "..", "quickjs"),
	}
	for name, fallback := range vars {
		value := os.Getenv(name) // what the developer's machine says comes first
		if value == "" {
			value = fallback
		}
		list = append(list, name+"="+value)
	}
	return list
}
