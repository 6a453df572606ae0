package author_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/acrhost/acrhost/sdk/author"
)

func write(t *testing.T, path, text string, mode os.FileMode) string {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), mode); err != nil {
		t.Fatal(err)
	}
	return path
}

// A module in JavaScript imports what its source names, as a whole word, and no more.
func TestJavaScriptImports(t *testing.T) {
	l, err := author.Find("javascript")
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "project")
	if _, err := author.Create(dir, "project", l); err != nil {
		t.Fatal(err)
	}
	for source, want := range map[string]string{
		"":                                     "-DCAPABILITIES(X)= ",
		"capability.http_fetch({})":            "-DCAPABILITIES(X)=X(http_fetch) ",
		`capability["otp_send"]; otp_verify`:   "-DCAPABILITIES(X)=X(otp_send) X(otp_verify) ",
		"const my_http_fetch = http_fetcher":   "-DCAPABILITIES(X)= ",
		"capability.rm_rf(); system_exec(`x`)": "-DCAPABILITIES(X)= ",
	} {
		write(t, filepath.Join(dir, "step.js"), source, 0o600)
		commands := l.Build(author.Toolchain{}, author.Project{Dir: dir, Module: "project.wasm"})
		if last := commands[len(commands)-1].String(); !strings.Contains(last, want) {
			t.Errorf("%s: no %q in %s", source, want, last)
		}
	}
}

// The module that cargo builds is named after the library, else the package.
func TestRustModule(t *testing.T) {
	t.Setenv("CARGO_TARGET_DIR", "")
	l, err := author.Find("rust")
	if err != nil {
		t.Fatal(err)
	}
	for manifest, want := range map[string]string{
		"[package]\nname = \"risk-score\"":                           "release/risk_score.wasm building.wasm",
		"[package]\nname = \"risk-score\"\n[lib]\nname = \"plugin\"": "release/plugin.wasm building.wasm",
	} {
		dir := t.TempDir()
		write(t, filepath.Join(dir, "Cargo.toml"), manifest, 0o600)
		commands := l.Build(author.Toolchain{}, author.Project{Dir: dir, Module: "building.wasm"})
		if last := commands[len(commands)-1].String(); !strings.HasSuffix(last, want) {
			t.Errorf("%s: %s", manifest, last)
		}
	}
}

// A rustc without the target, and a cargo of another age, are no tools; the message says
// why, and what installs some.
func TestRustTools(t *testing.T) {
	l, err := author.Find("rust")
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct{ name, target, cargo, want string }{
		{"right", "wasm32-unknown-unknown", "1.65.0", ""},
		{"without the target", "x86_64-unknown-linux-gnu", "1.65.0", "it can't build for wasm32-unknown-unknown"},
		{"a new cargo", "wasm32-unknown-unknown", "1.95.0", "it is 1.95, too far from"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			write(t, filepath.Join(dir, "lib", "rustlib", tt.target, "std"), "", 0o600)
			t.Setenv("ACRHOST_RUSTC", write(t, filepath.Join(dir, "rustc"), fmt.Sprintf("#!/bin/sh\nif [ $1 = --print ]; then echo %s; else echo rustc 1.63.0; fi\n", dir), 0o700))
			t.Setenv("ACRHOST_CARGO", write(t, filepath.Join(dir, "cargo"), "#!/bin/sh\necho cargo "+tt.cargo+"\n", 0o700))
			_, err := l.Toolchain(t.Context(), dir)
			if tt.want == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			if _, missing := errors.AsType[*author.MissingError](err); !missing || !strings.Contains(err.Error(), tt.want) || !strings.Contains(err.Error(), "apt-get install rustc") {
				t.Errorf("%v, want %q", err, tt.want)
			}
		})
	}
}
