package examples_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestSeeds holds SEEDS.md to what is there: each row names a test that exists, or
// says that SAML is not yet.
func TestSeeds(t *testing.T) {
	text, err := os.ReadFile("SEEDS.md")
	if err != nil {
		t.Fatal(err)
	}
	pages, rows := 0, 0
	for line := range strings.Lines(string(text)) {
		if strings.HasPrefix(line, "## ") {
			pages++
		}
		if !strings.HasPrefix(line, "| ") || strings.HasPrefix(line, "| ---") || strings.HasPrefix(line, "| the page says") {
			continue
		}
		rows++
		cells := strings.Split(strings.ReplaceAll(strings.TrimSpace(line), `\|`, "¦"), "|")
		if len(cells) != 4 {
			t.Errorf("%d cells: %s", len(cells)-2, line)
			continue
		}
		proof := strings.TrimSpace(cells[2])
		if proof == "SAML: not yet" {
			continue
		}
		named := regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(proof, -1)
		if len(named) == 0 {
			t.Errorf("no test: %s", line)
		}
		for _, name := range named {
			exists(t, name[1])
		}
	}
	if pages != 5 || rows < 100 {
		t.Errorf("%d pages, %d rows", pages, rows)
	}
}

// exists checks a reference: the path of a script, or a folder and a test, with the
// names of its subtests.
func exists(t *testing.T, reference string) {
	t.Helper()
	folder, test, named := strings.Cut(reference, " ")
	if _, err := os.Stat(filepath.Join("..", folder)); err != nil {
		t.Errorf("%s: %v", reference, err)
		return
	}
	switch {
	case strings.HasSuffix(reference, ".txtar"):
		return
	case !named:
		t.Errorf("%s names no test", reference)
		return
	}
	source := testsOf(t, folder)
	for i, part := range strings.Split(test, "/") {
		want := `"` + part + `"`
		if i == 0 {
			want = "func " + part + "(t *testing.T)"
		}
		if !strings.Contains(source, want) {
			t.Errorf("%s: the tests have no %s", reference, want)
		}
	}
}

// testsOf is the source of a folder's tests.
func testsOf(t *testing.T, folder string) string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join("..", folder, "*_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, path := range paths {
		source, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		all.Write(source)
	}
	return all.String()
}
