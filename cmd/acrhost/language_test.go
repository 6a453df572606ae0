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
		text := strings.NewReplacer("LANGUAGE", l.Name, "PIN", pinning(t, l.Name)).Replace(string(script))
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

// pinning is how a project's README says that its module is pinned, as lines of a script.
func pinning(t *testing.T, language string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("../../sdk", language, "template/README.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, block, found := strings.Cut(string(text), "```sh\nacrhost plugin pack")
	block, _, ended := strings.Cut("exec acrhost plugin pack"+block, "\n```")
	if !found || !ended {
		t.Fatalf("the README of a project in %s doesn't say how to pin it", language)
	}
	return strings.NewReplacer("[[.Module]]", "my-step.wasm", "\nacrhost", "\nexec acrhost").Replace(block)
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
		"GOFLAGS=", "GOPROXY=off", "GOTOOLCHAIN=local",
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
