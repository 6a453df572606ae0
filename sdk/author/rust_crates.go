package author

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
)

// sparse is the first release of cargo, 1.68, that asks crates.io for what it needs. One
// before clones the whole index, from a server of another company.
const sparse = 68

// crates runs cargo in a project.
type crates struct {
	tools   Toolchain
	project Project
	target  string
}

// cargo is a call of cargo that uses the rustc, and the rustdoc beside it, that were
// found, whatever else is on PATH; and before it, where need be, one that fetches the
// crates.
func (c crates) cargo(what string, args ...string) []Command {
	var commands []Command
	if c.fetches() {
		if !c.fetched() {
			commands = c.fetch()
		}
		args = append(args, "--config", `source.crates-io.replace-with="fetched"`,
			"--config", fmt.Sprintf("source.fetched.directory=%q", c.dir()))
	}
	return append(commands, c.command(what, args...).With("CARGO_TARGET_DIR="+c.target))
}

func (c crates) command(what string, args ...string) Command {
	rustc := c.tools.Command("", "rustc").Args[0]
	return c.tools.Command(what, "cargo", args...).With("RUSTC="+rustc, "RUSTDOC="+filepath.Join(filepath.Dir(rustc), "rustdoc"))
}

// fetches says whether the crates are fetched apart: an old cargo may use the sparse
// index, but not with the same settings as those that it may build with. Who works
// without a network has them already.
func (c crates) fetches() bool {
	release, err := rustRelease(context.Background(), c.tools.Command("", "cargo").Args)
	return err == nil && release < sparse && os.Getenv("CARGO_NET_OFFLINE") != "true"
}

func (c crates) dir() string { return filepath.Join(c.target, "crates") }

// fetch gets what Cargo.lock names, and notes for what.
func (c crates) fetch() []Command {
	commands := []Command{c.command("fetch the crates", "vendor", "--quiet", c.dir()).
		With("RUSTC_BOOTSTRAP=1", "CARGO_UNSTABLE_SPARSE_REGISTRY=true")}
	for _, name := range c.asked() {
		commands = append(commands, Copy(name, fromProject(c.project, c.note(name))))
	}
	return commands
}

// fetched says whether what the project asks for is as it was when it was fetched.
func (c crates) fetched() bool {
	for _, name := range c.asked() {
		now, err := os.ReadFile(filepath.Join(c.project.Dir, name))
		then, missing := os.ReadFile(c.note(name))
		if err != nil || missing != nil || !bytes.Equal(now, then) {
			return false
		}
	}
	return exists(c.dir())
}

func (c crates) note(name string) string { return filepath.Join(c.target, "crates-"+name) }

// asked are the files that say which crates the project needs. One that is part of a
// workspace has no Cargo.lock of its own.
func (c crates) asked() []string {
	if exists(filepath.Join(c.project.Dir, "Cargo.lock")) {
		return []string{"Cargo.toml", "Cargo.lock"}
	}
	return []string{"Cargo.toml"}
}
