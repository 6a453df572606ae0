package sdk_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/acrhost/acrhost/host/plugin/plugintest"
	"github.com/acrhost/acrhost/sdk/author/authortest"
	"github.com/acrhost/acrhost/sdk/go/abi"
)

// snippet is a step without an SDK: its source, and the command that builds it.
type snippet struct {
	language, source, command string
}

// snippets are those of README.md's section, in their order.
func snippets(t *testing.T) []snippet {
	t.Helper()
	_, text, found := strings.Cut(authortest.Text(t, "README.md"), "\n## Without an SDK\n")
	if !found {
		t.Fatal("README.md has no section Without an SDK")
	}
	text, _, _ = strings.Cut(text, "\n## ")
	var all []snippet
	for {
		_, rest, found := strings.Cut(text, "\n```")
		if !found {
			return all
		}
		language, rest, _ := strings.Cut(rest, "\n")
		block, rest, closed := strings.Cut(rest, "\n```\n")
		if !closed {
			t.Fatal("a block of code has no end")
		}
		if language != "sh" {
			all = append(all, snippet{language: language, source: block + "\n"})
		} else {
			all[len(all)-1].command = block
		}
		text = rest
	}
}

// TestBare builds each step that the page shows without an SDK by the command that it
// shows, and runs it: what a reader copies is what is tried.
func TestBare(t *testing.T) {
	tools(t)
	all := snippets(t)
	if len(all) != 10 {
		t.Fatalf("the page shows %d steps without an SDK", len(all))
	}
	const input = `{"call":{"type":"bare"},"config":{"text":"é"}}`
	described := 0
	for _, s := range all {
		carrier := map[bool]string{true: "reactor", false: "command"}[strings.Contains(s.source, "acrhost_step_v1")]
		t.Run(s.language+" "+carrier, func(t *testing.T) {
			dir := t.TempDir()
			write(t, filepath.Join(dir, "bare."+ending(s.language)), s.source, 0o600)
			build := exec.CommandContext(t.Context(), "sh", "-c", s.command)
			build.Dir = dir
			if text, err := build.CombinedOutput(); err != nil {
				t.Fatalf("%s: %v\n%s", s.command, err, text)
			}
			m := plugintest.Open(t, filepath.Join(dir, "bare.wasm"))
			if manifest, err := m.Manifest(); err == nil {
				described++
				if manifest.Name != "com.example.bare" {
					t.Errorf("it describes itself as %+v", manifest)
				}
			}
			answer, err := m.Call(context.Background(), []byte(input), func(string, []byte) (abi.Status, []byte) { return abi.Denied, nil })
			if err != nil || answer.Fault != nil {
				t.Fatalf("it fails: %v, %+v", err, answer)
			}
			if got, want := strings.TrimSpace(string(answer.Output)), `{"outcome":"ok","acr":"2.0","vars":{"saw":`+input+`}}`; got != want {
				t.Errorf("it answers %s, want %s", got, want)
			}
		})
	}
	if described != 2 {
		t.Errorf("%d of them describe themselves", described)
	}
}

// ending is that of a language's files, where its fence has another name.
func ending(language string) string {
	if language == "rust" {
		return "rs"
	}
	return language
}

// tools puts the compilers of .cache/tools on the path, under the names of the page.
func tools(t *testing.T) {
	t.Helper()
	cache := authortest.Tools(t)
	dir := t.TempDir()
	for name, variable := range map[string]string{"asc": "ACRHOST_ASC", "zig": "ACRHOST_ZIG"} {
		if line := os.Getenv(variable); line != "" {
			write(t, filepath.Join(dir, name), "#!/bin/sh\nexec "+line+" \"$@\"\n", 0o700)
		}
	}
	rustc, err := exec.CommandContext(t.Context(), filepath.Join(cache, "..", ".ci", "rustc")).Output()
	if err != nil {
		t.Fatalf("make tools installs rustc: %v", err)
	}
	write(t, filepath.Join(dir, "rustc"), "#!/bin/sh\nexec "+strings.TrimSpace(string(rustc))+" \"$@\"\n", 0o700)
	t.Setenv("PATH", dir+string(os.PathListSeparator)+os.Getenv("PATH"))
}

func write(t *testing.T, path, text string, mode os.FileMode) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), mode); err != nil {
		t.Fatal(err)
	}
}
