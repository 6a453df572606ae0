package config_test

import (
	"os"
	"strings"
	"testing"

	"github.com/acrhost/acrhost/host/config"
)

const tricky = `# a comment with = and [brackets]
top = "x # no comment"
[a.b]              # makes a before [a] does
'quoted.key' = 1
"esc\u0061ped" = '''
three
lines'''
dotted.inner . deep = """
two \
  "" lines""""
[a]
list = [ # comment
  1, [2, 3],

  { x = 1, y.z = "}" },
]
date = 1979-05-27 07:32:00
[[clients]]
id = "one"
[clients.sub]
k = 1
[[clients]]
"" = "an empty key"
[[clients.inner]]
k = 2
`

func TestMarks(t *testing.T) {
	for _, w := range config.Misplaced(tricky) {
		t.Error(w)
	}
	for _, c := range []struct {
		path []any
		line int
	}{
		{[]any{"top"}, 2},
		{[]any{"a", "b"}, 3},
		{[]any{"a", "b", "quoted.key"}, 4},
		{[]any{"a", "b", "escaped"}, 5},
		{[]any{"a", "b", "dotted", "inner", "deep"}, 8},
		{[]any{"a"}, 11}, // where it is defined, not where it was first needed
		{[]any{"a", "list"}, 12},
		{[]any{"a", "list", 1, 1}, 13},
		{[]any{"a", "list", 2, "y", "z"}, 15},
		{[]any{"a", "date"}, 17},
		{[]any{"clients", 0, "sub", "k"}, 21},
		{[]any{"clients", 1}, 22},
		{[]any{"clients", 1, "inner", 0, "k"}, 25},
	} {
		if got := config.LineOf(tricky, c.path...); got != c.line {
			t.Errorf("line of %v = %d, want %d", c.path, got, c.line)
		}
	}
}

// FuzzMarks holds the marks against the TOML library: whatever it accepts has a
// mark for every value, and no more.
func FuzzMarks(f *testing.F) {
	f.Add(tricky)
	f.Add("\xef\xbb\xbfa = 1\r\nb = { c = [ ] }\r\n")
	f.Add("a = \"\"\"\\\"\"\"\"\nb = ''''x'''''\n")
	f.Add("[[a]]\n[[a.b]]\n[a.b.c]\n[[a]]\n")
	f.Add("[a]\n[[b]]\n'a\"b'.\"\\t\" = nan\nx=[[[],],]")
	shipped, err := os.ReadFile("../../config.toml")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(string(shipped))
	f.Fuzz(func(t *testing.T, src string) {
		for _, w := range config.Misplaced(src) {
			t.Error(w)
		}
	})
}

// FuzzParse wants every fault inside the file, and a configuration or faults,
// never both and never neither.
func FuzzParse(f *testing.F) {
	f.Add([]byte("issuer = \"https://a.example\"\n"))
	f.Add([]byte(tricky))
	f.Add([]byte("issuer = 3\nclients = [1, { id = [] }]\njourneys.a.steps.b.config = 1979-05-27\n[plugins.x]\ngrant.capabilities.a = [2]\nlimits.memory = \"1GiB\"\nlimits.fuel = -1"))
	f.Add([]byte("a = \"\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := config.Parse("config.toml", data)
		if (c == nil) == (err == nil) {
			t.Fatalf("Parse gave %v and %v", c, err)
		}
		if err == nil {
			return
		}
		faults := asFaults(t, err)
		last := strings.Count(string(data), "\n") + 1
		for _, fault := range faults {
			if fault.Pos.File != "config.toml" || fault.Pos.Line < 1 || fault.Pos.Line > last {
				t.Errorf("%v is not inside the file of %d lines", fault, last)
			}
			if strings.ContainsAny(fault.Error(), "\r\n") {
				t.Errorf("%q is more than one line", fault.Error())
			}
		}
	})
}
