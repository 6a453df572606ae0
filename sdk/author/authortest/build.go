package authortest

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/acrhost/acrhost/sdk/author"
)

// Build builds the project in dir with the SDK of its language beside it, and gives the
// project as it was built. Where nothing has changed since the last time, it is not
// built again.
func Build(t *testing.T, dir string) author.Project {
	t.Helper()
	p := Open(t, dir)
	if newest(t, p).Before(modified(p.Path())) {
		return p
	}
	if err := p.Compile(t.Context(), narrator{t}); err != nil {
		t.Fatal(said(err))
	}
	return p
}

// passed is the file that UnitTest leaves where the tests passed.
const passed = ".passed"

// UnitTest runs the unit tests of a project, unless they passed and nothing has changed
// since.
func UnitTest(t *testing.T, dir string) {
	t.Helper()
	p := Open(t, dir)
	mark := filepath.Join(p.Dir, passed)
	if newest(t, p).Before(modified(mark)) {
		return
	}
	has, err := p.UnitTest(t.Context(), narrator{t})
	if err != nil {
		t.Fatal(said(err))
	}
	if !has {
		t.Fatal("the project has no unit tests")
	}
	if err := os.WriteFile(mark, nil, 0o600); err != nil {
		t.Fatal(err)
	}
}

// Open copies a project and its SDK to a folder that is the same each time, so
// that compilers find what they kept.
func Open(t *testing.T, dir string) author.Project {
	t.Helper()
	p, err := author.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	language, err := author.Find(p.Language)
	if err != nil {
		t.Fatal(err)
	}
	cache := Tools(t)
	to := filepath.Join(cache, "sdk", p.Language, p.Name())
	copyTree(t, os.DirFS(dir), to, nil)
	for _, tree := range language.SDK {
		copyTree(t, tree.Files, filepath.Join(to, author.SDKDir, filepath.FromSlash(tree.To)), tree.Omit)
	}
	p.Dir = to
	return p
}

// copyTree copies sources: no links, and nothing that was built beside them.
func copyTree(t *testing.T, files fs.FS, to string, omit func(string) bool) {
	t.Helper()
	err := fs.WalkDir(files, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() || path.Ext(name) == ".wasm" || omit != nil && omit(name) {
			return err
		}
		text, err := fs.ReadFile(files, name)
		if err != nil {
			return err
		}
		return keep(filepath.Join(to, filepath.FromSlash(strings.TrimSuffix(name, ".tmpl"))), text)
	})
	if err != nil {
		t.Fatalf("copy the project: %v", err)
	}
}

// keep writes a file, unless it holds that text already: its time stays then.
func keep(path string, text []byte) error {
	if before, err := os.ReadFile(path); err == nil && bytes.Equal(before, text) {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		return err
	}
	return os.WriteFile(path, text, 0o666)
}

// newest is when a source of the project changed last, its own or its SDK's.
func newest(t *testing.T, p author.Project) time.Time {
	t.Helper()
	var last time.Time
	err := filepath.WalkDir(p.Dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && strings.HasPrefix(entry.Name(), ".") {
			return fs.SkipDir // what a compiler keeps
		}
		made := path == p.Path() || entry.Name() == passed
		if at := modified(path); entry.Type().IsRegular() && !made && at.After(last) {
			last = at
		}
		return nil
	})
	if err != nil {
		t.Fatalf("look at the project: %v", err)
	}
	return last
}

// modified is when a file changed last; long ago where there is none.
func modified(path string) time.Time {
	info, err := os.Stat(path)
	if err != nil {
		return time.Time{}
	}
	return info.ModTime()
}

// narrator is an author.Progress that tells a test.
type narrator struct{ t *testing.T }

func (n narrator) Running(c author.Command) { n.t.Logf("%s: %s", c.What, c) }
func (n narrator) Printed(text string)      { n.t.Log(text) }

// said is an error with what the command that failed had to say.
func said(err error) string {
	if failed, ok := errors.AsType[*author.FailedError](err); ok {
		return err.Error() + "\n" + failed.Output
	}
	return err.Error()
}
