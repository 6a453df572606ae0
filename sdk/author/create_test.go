package author_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/acrhost/acrhost/sdk/author"
	"github.com/acrhost/acrhost/sdk/author/authortest"
)

// quiet is a Progress that keeps what it is told.
type quiet struct{ lines []string }

func (q *quiet) Running(c author.Command) { q.lines = append(q.lines, c.String()) }
func (q *quiet) Printed(text string)      { q.lines = append(q.lines, text) }

// A new project in each language whose tools are here builds and passes its unit tests
// with no network, once what it needs of crates.io was fetched.
func TestNewProjectBuilds(t *testing.T) {
	authortest.Tools(t)
	t.Setenv("GOPROXY", "off")
	t.Setenv("GOFLAGS", "-trimpath") // as make has it: what is compiled is in the cache
	for _, l := range author.Languages() {
		t.Run(l.Name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "my-step")
			files, err := author.Create(dir, "my-step", l)
			if err != nil {
				t.Fatal(err)
			}
			for _, want := range []string{author.File, "README.md", ".gitignore", "tests/first-entry.json", "tests/answer.json"} {
				if !slices.Contains(files, want) {
					t.Errorf("no %s among %q", want, files)
				}
			}
			p, err := author.Open(dir)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := l.Toolchain(t.Context(), dir); err != nil {
				t.Skipf("make tools installs it: %v", err)
			}
			var progress quiet
			if err := p.Compile(t.Context(), &progress); err != nil {
				t.Fatalf("%v\n%s", err, printed(err))
			}
			if _, err := os.Stat(p.Path()); err != nil {
				t.Fatal(err)
			}
			has, err := p.UnitTest(t.Context(), &progress)
			if err != nil || !has {
				t.Fatalf("unit tests: %v, %v\n%s", has, err, printed(err))
			}
			left, err := filepath.Glob(filepath.Join(dir, "building-*"))
			if err != nil || len(left) > 0 {
				t.Errorf("building left %q, %v", left, err)
			}
		})
	}
}

func printed(err error) string {
	if failed, ok := errors.AsType[*author.FailedError](err); ok {
		return failed.Output
	}
	return ""
}

func TestCreateRefuses(t *testing.T) {
	l := author.Languages()[0]
	dir := t.TempDir()
	for _, name := range []string{"", "A", "1a", "a_b", "a--b", "a-", "../a", "a/b", "a b", "-a", strings.Repeat("a", 41)} {
		if _, err := author.Create(filepath.Join(dir, "new"), name, l); err == nil {
			t.Errorf("the name %q is accepted", name)
		}
	}
	if _, err := author.Create(dir, "a", l); err == nil || !strings.Contains(err.Error(), "is there already") {
		t.Errorf("a folder that is there: %v", err)
	}
	// cargo and npm know one package of a name.
	for language, name := range map[string]string{"rust": "acrhost-step", "assemblyscript": "assemblyscript"} {
		l, err := author.Find(language)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := author.Create(filepath.Join(dir, "new"), name, l); err == nil || !strings.Contains(err.Error(), "choose another") {
			t.Errorf("the name %q in %s: %v", name, language, err)
		}
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) > 0 {
		t.Errorf("what was refused left %v, %v", entries, err)
	}
}

// The copy of the Go SDK asks for the Go that the host is built with.
func TestGoVersion(t *testing.T) {
	host, err := os.ReadFile("../../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	_, version, _ := strings.Cut(string(host), "\ngo ")
	version, _, _ = strings.Cut(version, "\n")
	for _, file := range []string{"../go/standalone/go.mod.tmpl", "../go/template/go.mod.tmpl"} {
		text, err := os.ReadFile(file)
		if err != nil || !strings.Contains(string(text), "\ngo "+version+"\n") {
			t.Errorf("%s has not go %s: %v", file, version, err)
		}
	}
}
