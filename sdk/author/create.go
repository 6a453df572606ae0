package author

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"text/template"
)

// Names are what a template of a new project can use.
type Names struct {
	Name       string // of the project and its step type
	Module     string // NAME.wasm
	Identifier string // the name with _ for -, for languages that can't have that in a name
}

// SDKDir is the folder of a project that holds the SDK.
const SDKDir = "acrhost-sdk"

var projectName = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)

// maxName bounds the name of a project, which becomes that of a step type.
const maxName = 40

// Create makes a project in the folder dir, which must not be there yet. Its files are
// returned, from dir. Where a part fails, nothing stays.
func Create(dir, name string, l Language) (files []string, err error) {
	if !projectName.MatchString(name) || len(name) > maxName {
		return nil, fmt.Errorf("the name %q: small letters, digits and single hyphens, a letter first, at most %d", name, maxName)
	}
	if slices.Contains(l.Taken, name) {
		return nil, fmt.Errorf("the name %q is that of a package which every project in %s is built with; choose another", name, l.Title)
	}
	if err := os.Mkdir(dir, 0o777); err != nil {
		if errors.Is(err, fs.ErrExist) {
			return nil, fmt.Errorf("%s is there already; choose another name, or remove it", dir)
		}
		return nil, fmt.Errorf("make the project: %w", err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.RemoveAll(dir))
		}
	}()
	w := writer{dir: dir, names: Names{Name: name, Module: name + ".wasm", Identifier: strings.ReplaceAll(name, "-", "_")}}
	if err := w.expand(l.Template); err != nil {
		return nil, err
	}
	if err := w.write(File, w.settings(l)); err != nil {
		return nil, err
	}
	for _, tree := range l.SDK {
		if err := w.copy(tree); err != nil {
			return nil, err
		}
	}
	return w.files, nil
}

// writer writes the files of a new project.
type writer struct {
	dir   string
	names Names
	files []string
}

// settings is the project's plugin.toml.
func (w *writer) settings(l Language) []byte {
	return fmt.Appendf(nil, "# How `acrhost plugin build` and `acrhost plugin test` work on this project.\nlanguage = %q\nmodule   = %q\n", l.Name, w.names.Module)
}

// expand writes a template's files.
func (w *writer) expand(files fs.FS) error {
	return walk(files, func(name string, text []byte) error {
		t, err := template.New(name).Delims("[[", "]]").Option("missingkey=error").Parse(string(text))
		if err != nil {
			return fmt.Errorf("read the template: %w", err)
		}
		var b bytes.Buffer
		if err := t.Execute(&b, w.names); err != nil {
			return fmt.Errorf("read the template: %w", err)
		}
		return w.write(strings.TrimSuffix(strings.ReplaceAll(name, "NAME", w.names.Name), ".tmpl"), b.Bytes())
	})
}

// copy writes a part of the SDK.
func (w *writer) copy(tree Tree) error {
	return walk(tree.Files, func(name string, text []byte) error {
		if tree.Omit != nil && tree.Omit(name) {
			return nil
		}
		return w.write(path.Join(SDKDir, tree.To, strings.TrimSuffix(name, ".tmpl")), text)
	})
}

func (w *writer) write(name string, text []byte) error {
	to := filepath.Join(w.dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(to), 0o777); err != nil {
		return fmt.Errorf("make the project: %w", err)
	}
	if err := os.WriteFile(to, text, 0o666); err != nil {
		return fmt.Errorf("make the project: %w", err)
	}
	w.files = append(w.files, name)
	return nil
}

// walk visits the files of a file system in the order of their names.
func walk(files fs.FS, visit func(name string, text []byte) error) error {
	return fs.WalkDir(files, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := fs.ReadFile(files, name)
		if err != nil {
			return fmt.Errorf("read the template: %w", err)
		}
		return visit(name, text)
	})
}
