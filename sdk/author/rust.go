package author

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/BurntSushi/toml"

	sdk "github.com/acrhost/acrhost/sdk/rust"
)

// rustTarget is what the SDK compiles to: a reactor without WASI.
const rustTarget = "wasm32-unknown-unknown"

// rustDrift is how many releases cargo may be away from the rustc that it drives. One
// that is much newer passes options that the other does not know. Debian's are 2 apart.
const rustDrift = 4

const rustInstall = "sudo apt-get install rustc cargo libstd-rust-dev-wasm32   (or: rustup target add " + rustTarget + ")"

func rust() Language {
	return Language{
		Name:  "rust",
		Title: "Rust",
		Tools: []Tool{
			rustc(),
			{
				Name: "cargo", For: "it builds crates, with a rustc of about its own age", Env: "ACRHOST_CARGO",
				Candidates: []string{"cargo", "/usr/bin/cargo"}, Check: checkCargo, Install: rustInstall,
			},
		},
		SDK:      []Tree{{Files: sdk.Files()}},
		Template: sdk.Template(),
		Taken:    packages(),
		Build: func(t Toolchain, p Project) []Command {
			c := crates{tools: t, project: p, target: rustTargetDir(p)}
			built := filepath.Join(c.target, rustTarget, "release", crate(p)+".wasm")
			return append(c.cargo("compile", "build", "--release", "--lib", "--target", rustTarget),
				Copy(fromProject(p, built), p.Module))
		},
		Test: func(t Toolchain, p Project) []Command {
			return crates{tools: t, project: p, target: rustTargetDir(p)}.cargo("unit tests", "test", "--quiet")
		},
	}
}

func rustc() Tool {
	return Tool{
		Name: "rustc", For: "it compiles Rust to WebAssembly", Env: "ACRHOST_RUSTC",
		Candidates: []string{"rustc", "/usr/bin/rustc"}, Check: checkRustc, Install: rustInstall,
	}
}

// checkRustc holds that a rustc has the target's standard library.
func checkRustc(ctx context.Context, words []string) error {
	out, err := exec.CommandContext(ctx, words[0], append(words[1:], "--print", "sysroot")...).Output()
	if err != nil {
		return fmt.Errorf("it does not run: %w", err)
	}
	if _, err := os.Stat(filepath.Join(strings.TrimSpace(string(out)), "lib", "rustlib", rustTarget)); err != nil {
		return fmt.Errorf("it can't build for %s", rustTarget)
	}
	return nil
}

// checkCargo holds that a cargo fits the rustc that builds will use.
func checkCargo(ctx context.Context, words []string) error {
	driver, err := rustRelease(ctx, words)
	if err != nil {
		return err
	}
	found, err := rustc().find(ctx, ".")
	if err != nil {
		return errors.New("there is no rustc for it")
	}
	compiler, err := rustRelease(ctx, found)
	if err != nil {
		return err
	}
	if drift := driver - compiler; drift > rustDrift || drift < -rustDrift {
		return fmt.Errorf("it is 1.%d, too far from %s, which is 1.%d", driver, found[0], compiler)
	}
	return nil
}

// rustRelease is N of the version 1.N that a tool says it has.
func rustRelease(ctx context.Context, words []string) (int, error) {
	out, err := exec.CommandContext(ctx, words[0], append(words[1:], "--version")...).Output()
	if err != nil {
		return 0, fmt.Errorf("it does not run: %w", err)
	}
	var name string
	var release int
	if _, err := fmt.Sscanf(string(out), "%s 1.%d", &name, &release); err != nil {
		return 0, fmt.Errorf("it says that it is %q", strings.TrimSpace(string(out)))
	}
	return release, nil
}

// rustTargetDir is where cargo puts what it makes: where the environment says, so that
// projects can share what is compiled of other crates, or in the project.
func rustTargetDir(p Project) string {
	dir := os.Getenv("CARGO_TARGET_DIR")
	if dir == "" {
		dir = filepath.Join(p.Dir, "target")
	}
	if absolute, err := filepath.Abs(dir); err == nil {
		return absolute
	}
	return dir
}

// crate is the name of the library that the project's Cargo.toml describes. Cargo says
// what is wrong with one that can't be read.
func crate(p Project) string {
	var manifest struct {
		Package struct{ Name string }
		Lib     struct{ Name string }
	}
	if _, err := toml.DecodeFile(filepath.Join(p.Dir, "Cargo.toml"), &manifest); err != nil {
		return p.Name()
	}
	if manifest.Lib.Name != "" {
		return manifest.Lib.Name
	}
	return strings.ReplaceAll(manifest.Package.Name, "-", "_")
}

// fromProject is a path as seen from the project's folder, with slashes.
func fromProject(p Project, path string) string {
	dir, err := filepath.Abs(p.Dir)
	if err != nil {
		return path
	}
	relative, err := filepath.Rel(dir, path)
	if err != nil {
		return path
	}
	return filepath.ToSlash(relative)
}

var lockedPackage = regexp.MustCompile(`(?m)^name = "([a-z0-9_-]+)"$`)

// packages are those that a project is built with, by its Cargo.lock: cargo takes no second
// one of a name from elsewhere.
func packages() []string {
	lock, _ := fs.ReadFile(sdk.Template(), "Cargo.lock.tmpl") // it is embedded
	var names []string
	for _, m := range lockedPackage.FindAllSubmatch(lock, -1) {
		names = append(names, string(m[1]))
	}
	return names
}
