package authortest

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/acrhost/acrhost/sdk/author"
)

// Project makes a project of a language, called name, of some texts, in a folder of its
// own. It gives the folder.
func Project(t *testing.T, language, name string, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	settings := fmt.Sprintf("language = %q\nmodule = %q\n", language, name+".wasm")
	for file, text := range files {
		write(t, filepath.Join(dir, file), text)
	}
	write(t, filepath.Join(dir, author.File), settings)
	return dir
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// Block is the first block of code of a Markdown file whose fence says mark, such as zig.
func Block(t *testing.T, file, mark string) string {
	t.Helper()
	text := Text(t, file)
	_, text, found := strings.Cut(text, "```"+mark+"\n")
	block, _, closed := strings.Cut(text, "```\n")
	if !found || !closed {
		t.Fatalf("%s has no block of %s", file, mark)
	}
	return block
}

// Text is what a file holds.
func Text(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
