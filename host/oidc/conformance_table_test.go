package oidc_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// module is what the suite's modules are called.
var module = regexp.MustCompile(`^(oidcc|fapi2-security-profile-final)-[A-Za-z0-9_-]+$`)

// TestConformanceTable holds CONFORMANCE.md to what is there: each module has a test that
// bears its name, or a reason for having none; and no test bears the name of a module that
// the table does not have.
func TestConformanceTable(t *testing.T) {
	text, err := os.ReadFile("CONFORMANCE.md")
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{}
	plans := 0
	for line := range strings.Lines(string(text)) {
		if strings.HasPrefix(line, "## ") {
			plans++
		}
		cells := strings.Split(strings.TrimSpace(line), " | ")
		name := strings.TrimPrefix(cells[0], "| ")
		if !module.MatchString(name) {
			continue
		}
		if len(cells) != 3 {
			t.Errorf("%d cells: %s", len(cells), line)
			continue
		}
		known[name] = true
		stated(t, name, cells[1], strings.TrimSuffix(cells[2], "|"))
	}
	if plans != 10 || len(known) < 140 {
		t.Errorf("%d plans, %d modules", plans, len(known))
	}
	for _, name := range named(t) {
		if !known[name] {
			t.Errorf("there is no module %s", name)
		}
	}
}

// stated checks a row: the tests that it names, or that it says why there is none.
func stated(t *testing.T, name, tests, remark string) {
	t.Helper()
	if tests == "does not apply" {
		if strings.TrimSpace(remark) == "" {
			t.Errorf("%s: no reason", name)
		}
		return
	}
	references := regexp.MustCompile("`([a-z/]+) (Test[A-Za-z]+)`").FindAllStringSubmatch(tests, -1)
	if len(references) == 0 {
		t.Errorf("%s: no test", name)
	}
	for _, r := range references {
		if !bears(t, filepath.Join("../..", r[1]), r[2], name) {
			t.Errorf("%s: in %s no file has %s and this name", name, r[1], r[2])
		}
	}
}

// bears says whether a folder's file with a test has a module's name too.
func bears(t *testing.T, folder, test, name string) bool {
	t.Helper()
	for _, source := range testsIn(t, folder) {
		if strings.Contains(source, "func "+test+"(t *testing.T)") && regexp.MustCompile(regexp.QuoteMeta(name)+`[^A-Za-z0-9_-]`).MatchString(source) {
			return true
		}
	}
	return false
}

// named are the names of modules that tests of this folder have.
func named(t *testing.T) (names []string) {
	t.Helper()
	for _, source := range testsIn(t, ".") {
		for _, literal := range regexp.MustCompile(`"([^"\s]+)"`).FindAllStringSubmatch(source, -1) {
			if module.MatchString(literal[1]) {
				names = append(names, literal[1])
			}
		}
	}
	return names
}

func testsIn(t *testing.T, folder string) (sources []string) {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(folder, "*_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range paths {
		source, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		sources = append(sources, string(source))
	}
	return sources
}
