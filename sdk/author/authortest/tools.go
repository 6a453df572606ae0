package authortest

import (
	"os"
	"path/filepath"
	"testing"
)

// Tools makes the compilers of .cache/tools those that projects are built with, unless
// the environment names others, and gives the folder .cache.
func Tools(t *testing.T) string {
	t.Helper()
	cache := folder(t)
	for name, words := range map[string][]string{
		"ACRHOST_ASC": {"tools/npm/node_modules/.bin/asc"},
		"ACRHOST_ZIG": {"tools/python/bin/python", " -m ziglang"},
	} {
		program := filepath.Join(cache, filepath.FromSlash(words[0]))
		if os.Getenv(name) != "" {
			continue
		}
		if _, err := os.Stat(program); err == nil {
			words[0] = program
			t.Setenv(name, join(words))
		}
	}
	for _, name := range []string{"ZIG_GLOBAL_CACHE_DIR", "ZIG_LOCAL_CACHE_DIR"} {
		t.Setenv(name, filepath.Join(cache, "tools", "zig-cache"))
	}
	// What .ci/crates fetched is enough, and is compiled once for all.
	t.Setenv("CARGO_NET_OFFLINE", "true")
	t.Setenv("CARGO_HOME", filepath.Join(cache, "cargo"))
	t.Setenv("CARGO_TARGET_DIR", filepath.Join(cache, "rust"))
	t.Setenv("ACRHOST_QUICKJS", filepath.Join(cache, "quickjs"))
	return cache
}

func join(words []string) (line string) {
	for _, w := range words {
		line += w
	}
	return line
}

// folder is .cache of the working folder or of the nearest one above that has it.
func folder(t *testing.T) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for above := ""; dir != above; above, dir = dir, filepath.Dir(dir) {
		if info, err := os.Stat(filepath.Join(dir, ".cache", "tools")); err == nil && info.IsDir() {
			return filepath.Join(dir, ".cache")
		}
	}
	t.Fatal("there is no .cache/tools: make tools installs the compilers")
	return ""
}
