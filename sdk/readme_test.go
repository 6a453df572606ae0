// Package sdk_test holds the pages of this folder to what they say.
package sdk_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// block is the first code block of a language in a page.
func block(t *testing.T, page, language string) string {
	t.Helper()
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	_, rest, found := strings.Cut(string(text), "```"+language+"\n")
	code, _, ended := strings.Cut(rest, "```")
	if !found || !ended {
		t.Fatalf("%s has no block of %s", page, language)
	}
	return code
}

// overlay lays the page's plugin over this module, as if it were a package of it:
// what a reader copies is what is compiled.
func overlay(t *testing.T) (flag, pkg string) {
	t.Helper()
	dir := t.TempDir()
	source := filepath.Join(dir, "main.go")
	if err := os.WriteFile(source, []byte(block(t, "README.md", "go")), 0o600); err != nil {
		t.Fatal(err)
	}
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	replace, err := json.Marshal(map[string]any{"Replace": map[string]string{filepath.Join(here, "riddle", "main.go"): source}})
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "overlay.json")
	if err := os.WriteFile(file, replace, 0o600); err != nil {
		t.Fatal(err)
	}
	return "-overlay=" + file, "./riddle"
}

// TestQuickStart compiles the page's plugin for WebAssembly, and natively, where it
// answers as the page says.
func TestQuickStart(t *testing.T) {
	flag, pkg := overlay(t)
	wasm := exec.CommandContext(t.Context(), "go", "build", flag, "-buildmode=c-shared", "-o", filepath.Join(t.TempDir(), "riddle.wasm"), pkg)
	wasm.Env = append(os.Environ(), "GOOS=wasip1", "GOARCH=wasm", "CGO_ENABLED=0")
	if text, err := wasm.CombinedOutput(); err != nil {
		t.Fatalf("build for WebAssembly: %v\n%s", err, text)
	}
	binary := filepath.Join(t.TempDir(), "riddle")
	if text, err := exec.CommandContext(t.Context(), "go", "build", flag, "-o", binary, pkg).CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, text)
	}
	config := strings.TrimSpace(block(t, "README.md", "json"))
	config = strings.TrimSuffix(strings.TrimPrefix(config, "{"), "}")
	tests := []struct {
		name, form, want string
	}{
		{"entry", `null`, `{"prompt":{"title":"What has keys and opens no door?","fields":[{"name":"answer","type":"text","label":"Your answer","required":true}]}}`},
		{"right", `{"answer":"A Piano"}`, `{"outcome":"solved","acr":"riddle"}`},
		{"wrong", `{"answer":"a house"}`, `{"outcome":"failed"}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := answer(t, binary, `{"call":{"type":"riddle"},"form":`+tt.form+`,`+config+`}`); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
	describes(t, binary)
}

func answer(t *testing.T, binary, input string) string {
	t.Helper()
	step := exec.CommandContext(t.Context(), binary, "step")
	step.Stdin = strings.NewReader(input)
	out, err := step.Output()
	if err != nil {
		t.Fatalf("step: %v", err)
	}
	return string(out)
}

func describes(t *testing.T, binary string) {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), binary, "describe").Output()
	if err != nil {
		t.Fatalf("describe: %v", err)
	}
	var manifest struct {
		Steps map[string]struct{ Outcomes []string }
	}
	if err := json.Unmarshal(out, &manifest); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"solved", "failed"}, manifest.Steps["riddle"].Outcomes); diff != "" {
		t.Errorf("outcomes (-want +got):\n%s", diff)
	}
	for _, args := range [][]string{nil, {"other"}, {"step", "more"}} {
		if err := exec.CommandContext(t.Context(), binary, args...).Run(); err == nil {
			t.Errorf("the arguments %q were accepted", args)
		}
	}
	broken := exec.CommandContext(t.Context(), binary, "step")
	broken.Stdin = strings.NewReader(`{"call":`)
	if text, err := broken.CombinedOutput(); err == nil || !strings.Contains(string(text), "input document") {
		t.Errorf("a broken input gave %v and %q", err, text)
	}
}
