package author

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/BurntSushi/toml"
)

// File is the name of the file that makes a folder a project.
const File = "plugin.toml"

// other is the language of a project that says itself how it is built.
const other = "other"

// Project is a folder with a plugin.toml.
type Project struct {
	Dir      string
	Language string   // one of Languages, or "other"
	Module   string   // what building writes, from Dir, with slashes
	Build    []string // with "other": the command that builds it
	Test     []string // with "other": the command that runs its unit tests; empty: none
}

// Name is the name of the project: its module's without .wasm.
func (p Project) Name() string {
	return strings.TrimSuffix(filepath.Base(filepath.FromSlash(p.Module)), ".wasm")
}

// Path is where the module is.
func (p Project) Path() string { return filepath.Join(p.Dir, filepath.FromSlash(p.Module)) }

// maxProject is the longest plugin.toml, in bytes.
const maxProject = 64 << 10

// Open reads the plugin.toml of a folder.
func Open(dir string) (Project, error) {
	path := filepath.Join(dir, File)
	// Folders are opened that somebody else made: not a device, which never ends.
	if info, err := os.Stat(path); err == nil && (!info.Mode().IsRegular() || info.Size() > maxProject) {
		return Project{}, fmt.Errorf("%s is no regular file of at most %d bytes", path, maxProject)
	}
	text, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return Project{}, fmt.Errorf("%s is no project: it has no %s; acrhost plugin new makes one", dir, File)
	}
	if err != nil {
		return Project{}, fmt.Errorf("read the project: %w", err)
	}
	p, err := parse(string(text))
	if err != nil {
		return Project{}, fmt.Errorf("%s: %w", path, err)
	}
	p.Dir = dir
	return p, nil
}

// parse reads a plugin.toml strictly: a misspelt key is a fault with its line, never a
// setting that is silently not there.
func parse(text string) (Project, error) {
	var file struct {
		Language string   `toml:"language"`
		Module   string   `toml:"module"`
		Build    []string `toml:"build"`
		Test     []string `toml:"test"`
	}
	meta, err := toml.Decode(text, &file)
	if err != nil {
		if at, ok := errors.AsType[toml.ParseError](err); ok {
			return Project{}, fmt.Errorf("line %d: %s", at.Position.Line, at.Message)
		}
		return Project{}, err
	}
	if unknown := meta.Undecoded(); len(unknown) > 0 {
		return Project{}, fmt.Errorf("line %d: unknown key %q; there are: language, module, build, test", lineOf(text, unknown[0][0]), unknown[0].String())
	}
	p := Project{Language: file.Language, Module: file.Module, Build: file.Build, Test: file.Test}
	return p, p.check(text)
}

// lineOf is the line on which a key, or a table of its name, begins.
func lineOf(text, key string) int {
	for i, line := range strings.Split(text, "\n") {
		if strings.HasPrefix(strings.TrimLeft(line, " \t[\"'"), key) {
			return i + 1
		}
	}
	return 1
}

func (p Project) check(text string) error {
	at := func(key, format string, args ...any) error {
		return fmt.Errorf("line %d: %s", lineOf(text, key), fmt.Sprintf(format, args...))
	}
	if p.Language == "" {
		return at("language", `language is missing, such as language = "rust"`)
	}
	if p.Module == "" {
		return at("module", `module is missing: what building writes, such as module = "risk.wasm"`)
	}
	if !filepath.IsLocal(filepath.FromSlash(p.Module)) || !strings.HasSuffix(p.Module, ".wasm") || strings.HasPrefix(p.Module, "-") {
		return at("module", "module = %q: a file in the project whose name ends in .wasm", p.Module)
	}
	if p.Language == other {
		if len(p.Build) == 0 {
			return at("language", `language = "other" needs the command that builds, such as build = ["make", "wasm"]`)
		}
		return nil
	}
	if len(p.Build) > 0 || len(p.Test) > 0 {
		return at(map[bool]string{true: "build", false: "test"}[len(p.Build) > 0], `a command of its own needs language = "other"`)
	}
	if _, err := Find(p.Language); err != nil {
		return at("language", `%v; for another: language = "other" and build = ["make", "wasm"]`, err)
	}
	return nil
}
