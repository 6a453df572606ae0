package author

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// Node is told each file with unit tests: of a folder, Node 20 and 22 make different things.
func TestUnitTestsOfJavaScript(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	for _, file := range []string{
		"step.test.js", "step.js", "test/more.test.mjs", "-odd.test.cjs", "tests/answer.json", "notatest.js",
		"acrhost-sdk/test.js", "acrhost-sdk/a.test.js", "node_modules/b/b.test.js", "build/c.test.js", ".git/d.test.js",
	} {
		if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, at := range []string{".", dir} {
		want := []string{"./-odd.test.cjs", "./step.test.js", "./test/more.test.mjs"}
		if got := unitTests(at); !slices.Equal(got, want) {
			t.Errorf("in %s: %q, want %q", at, got, want)
		}
	}
	tools := Toolchain{}
	if got := javascript().Test(tools, Project{Dir: t.TempDir()}); len(got) != 0 {
		t.Errorf("without any: %v", got)
	}
}
