package author

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestParse(t *testing.T) {
	for _, test := range []struct{ name, text, want string }{
		{"good", "language = \"go\"\nmodule = \"a.wasm\"", ""},
		{"other", "language = \"other\"\nmodule = \"out/a.wasm\"\nbuild = [\"make\"]\ntest = [\"make\", \"test\"]", ""},
		{"no language", "module = \"a.wasm\"", "language is missing"},
		{"no module", "language = \"go\"", "module is missing"},
		{"unknown language", "# a\nlanguage = \"cobol\"\nmodule = \"a.wasm\"", `line 2: there is no SDK for the language "cobol"`},
		{"other without a command", "language = \"other\"\nmodule = \"a.wasm\"", "needs the command that builds"},
		{"a command without other", "language = \"go\"\nmodule = \"a.wasm\"\nbuild = [\"make\"]", `line 3: a command of its own needs language = "other"`},
		{"misspelt", "language = \"go\"\nmodul = \"a.wasm\"", `line 2: unknown key "modul"`},
		{"a table", "language = \"go\"\nmodule = \"a.wasm\"\n[wasm]\nx = 1", `line 3: unknown key "wasm"`},
		{"no TOML", "language = \"go\"\nmodule = a", "line 2: "},
		{"outside", "language = \"go\"\nmodule = \"../a.wasm\"", "line 2: module"},
		{"absolute", "language = \"go\"\nmodule = \"/a.wasm\"", "line 2: module"},
		{"an option", "language = \"go\"\nmodule = \"-a.wasm\"", "line 2: module"},
		{"no wasm", "language = \"go\"\nmodule = \"main.go\"", "line 2: module"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := parse(test.text)
			switch {
			case test.want == "" && err != nil:
				t.Error(err)
			case test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)):
				t.Errorf("got %v, want %q", err, test.want)
			}
		})
	}
}

// A project that somebody else made is no reason to read for ever.
func TestOpenRefusesDevices(t *testing.T) {
	dir := t.TempDir()
	if err := os.Symlink("/dev/zero", filepath.Join(dir, File)); err != nil {
		t.Skip(err)
	}
	if _, err := Open(dir); err == nil || !strings.Contains(err.Error(), "no regular file") {
		t.Errorf("got %v", err)
	}
}

func FuzzParse(f *testing.F) {
	f.Add("language = \"go\"\nmodule = \"a.wasm\"")
	f.Add("[language]\n")
	f.Add("language = \"other\"\nmodule = \"a.wasm\"\nbuild = [\"make\"]")
	f.Fuzz(func(t *testing.T, text string) {
		p, err := parse(text)
		if err == nil && (p.Language == "" || !strings.HasSuffix(p.Module, ".wasm") || strings.HasPrefix(p.Module, "/")) {
			t.Errorf("%q gives %+v", text, p)
		}
	})
}
