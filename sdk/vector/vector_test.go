package vector_test

import (
	"context"
	"encoding/json"
	"io/fs"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/acrhost/acrhost/sdk/go/abi"
	"github.com/acrhost/acrhost/sdk/vector"
)

func folder(files map[string]string) fstest.MapFS {
	fsys := fstest.MapFS{}
	for name, text := range files {
		fsys["tests/"+name] = &fstest.MapFile{Data: []byte(text)}
	}
	return fsys
}

func read(t *testing.T, files map[string]string) []vector.Vector {
	t.Helper()
	all, err := vector.Read(folder(files), "tests")
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// blocks are the code blocks of a language in README.md.
func blocks(t *testing.T, language string) string {
	t.Helper()
	text, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, found := strings.Cut(string(text), "```"+language+"\n")
	code, _, ended := strings.Cut(rest, "```")
	if !found || !ended {
		t.Fatalf("README.md has no block of %s", language)
	}
	return code
}

func TestReadme(t *testing.T) {
	all := read(t, map[string]string{"a.json": blocks(t, "json"), "b.txtar": blocks(t, "txtar"), "notes.md": "no vector", "sub/c.json": "{}"})
	if len(all) != 2 || all[0].Name != "sets the acr" || all[1].Name != "right PIN" {
		t.Fatalf("read %+v", all)
	}
	if all[0].Calls[0].Capability != "http_fetch" || all[0].Logs[0].Level != "info" || all[1].Description != "A right PIN gives the level." {
		t.Errorf("read %+v", all)
	}
}

func TestRead(t *testing.T) {
	all := read(t, map[string]string{
		"first.json": `{"output":{"outcome":"ok"}}`,
		"list.json":  "[{\"name\":\"a\",\"error\":{}},\n{\"name\":\"b\",\"output\":{}}]\n",
		"none.json":  "[]",
		"t.txtar":    "-- error.json --\n{\"class\":\"trap\"}\n",
	})
	var got []string
	for _, v := range all {
		got = append(got, v.Name)
	}
	if diff := cmp.Diff([]string{"first", "a", "b", "t"}, got); diff != "" {
		t.Errorf("names (-want +got):\n%s", diff)
	}
	if all[2].Line != 2 || all[2].File != "tests/list.json" {
		t.Errorf("b stands at %s:%d", all[2].File, all[2].Line)
	}
}

func TestReadRefuses(t *testing.T) {
	ok := `"output":{"outcome":"ok"}`
	tests := []struct {
		name, file, text, want string
	}{
		{"unknown member", "a.json", "{\"name\":\"x\",\n\"otput\":{}}", `a.json:2: unknown member "otput"`},
		{"unknown member in a list", "a.json", "[\n{\"name\":\"x\"," + ok + "},\n{\"calls\":[{\"nme\":1}]}]", `a.json:3: unknown member "calls.0.nme"`},
		{"repeated member", "a.json", "{" + ok + ",\n" + ok + "}", "a.json:2: duplicate"},
		{"wrong type", "a.json", "{\n\"name\":1," + ok + "}", "a.json:2: name"},
		{"cut off", "a.json", "{\n", "a.json:2: "},
		{"empty", "a.json", "", "a.json:1: "},
		{"two documents", "a.json", "{" + ok + "}\n{}", "a.json:2: something follows"},
		{"neither", "a.json", "{}", "exactly one of output and error"},
		{"both", "a.json", `{"error":{},` + ok + `}`, "exactly one of output and error"},
		{"output is null", "a.json", `{"output":null}`, "output"},
		{"input is a list", "a.json", `{"input":[],` + ok + `}`, "a JSON object is expected"},
		{"call is null", "a.json", `{"input":{"call":null},` + ok + `}`, "input.call"},
		{"nameless in a list", "a.json", "[{\"name\":\"x\"," + ok + "},\n{" + ok + "}]", "a.json:2: a vector in a list needs a name"},
		{"status", "a.json", `{"calls":[{"capability":"x","status":6}],` + ok + `}`, "calls[0].status: 6"},
		{"capability", "a.json", `{"calls":[{"capability":"X"}],` + ok + `}`, "calls[0].capability"},
		{"level", "a.json", `{"logs":[{"level":"trace","text":""}],` + ok + `}`, "logs[0].level"},
		{"unknown section", "a.txtar", "text\n-- outpt.json --\n{}\n", `a.txtar:2: unknown section "outpt.json"`},
		{"section twice", "a.txtar", "-- output.json --\n{}\n-- output.json --\n{}\n", "a.txtar:3: the section output.json comes twice"},
		{"a fault in a section", "a.txtar", "-- output.json --\n{}\n-- calls.json --\n[{\n\"x\":1}]\n", "a.txtar:5: unknown member"},
		{"no vector", "a.md", "", "there is no vector"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := vector.Read(folder(map[string]string{tt.file: tt.text}), "tests"); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want one with %q", err, tt.want)
			}
		})
	}
	_, err := vector.Read(folder(map[string]string{"a.json": "{" + ok + "}", "a.txtar": "-- output.json --\n{}\n", "b.json": "{", "c.json": "{}"}), "tests")
	for _, want := range []string{`"a" is that of tests/a.json:1 too`, "b.json:1", "c.json:1"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want also %q", err, want)
		}
	}
}

// What a vector leaves out is filled in, and what it says stays as it is spelt.
func TestDocument(t *testing.T) {
	v := vector.Vector{Input: json.RawMessage(`{"later":1,"request":{"max_age":1e2},"vars":{"t":"\u003c\ud83d\ude00"}}`)}
	document, err := v.Document("type")
	if err != nil {
		t.Fatal(err)
	}
	var in abi.Input
	if err := json.Unmarshal(document, &in); err == nil || !strings.Contains(err.Error(), "1e2") {
		t.Errorf("max_age was spelt anew: %v in %s", err, document)
	}
	for _, want := range []string{`"type":"type"`, `"later":1`, `{"t":"\u003c\ud83d\ude00"}`, `"form":null`, `"acr_values":[]`, `"attempt":1`} {
		if !strings.Contains(string(document), want) {
			t.Errorf("no %s in %s", want, document)
		}
	}
}

// double is a module that answers as a test wants.
type double struct {
	steps  []string
	answer vector.Answer
	ask    func(ask func(string, []byte) (abi.Status, []byte))
}

func (d double) Manifest() (abi.Manifest, error) {
	m := abi.Manifest{Steps: map[string]abi.StepType{}}
	for _, s := range d.steps {
		m.Steps[s] = abi.StepType{}
	}
	return m, nil
}

func (d double) Call(_ context.Context, _ []byte, answer func(string, []byte) (abi.Status, []byte)) (vector.Answer, error) {
	if d.ask != nil {
		d.ask(answer)
	}
	return d.answer, nil
}

func TestCheck(t *testing.T) {
	trap := &vector.Fault{Class: "trap", Code: "trap", Message: "unreachable"}
	line := []vector.Line{{Level: "info", Text: "hello"}}
	tests := []struct {
		name, vector string
		got          vector.Answer
		want         []string // lines of the difference; none: it passes
	}{
		{"same", `{"output":{"outcome":"ok","vars":{"a":1,"b":[0.50,"é"]}}}`, vector.Answer{Output: []byte(` {"vars":{"b":[5e-1,"\u00e9"],"a":1.0},"outcome":"ok"} `), Logs: line}, nil},
		{"value", `{"output":{"outcome":"ok"}}`, vector.Answer{Output: []byte(`{"outcome":"no"}`)}, []string{`-    "outcome": "ok"`, `+    "outcome": "no"`}},
		{"large integers", `{"output":{"n":9007199254740991}}`, vector.Answer{Output: []byte(`{"n":9007199254740990}`)}, []string{`+    "n": 9007199254740990`}},
		{"type", `{"output":{"n":1}}`, vector.Answer{Output: []byte(`{"n":"1"}`)}, []string{`+    "n": "1"`}},
		{"extra", `{"output":{}}`, vector.Answer{Output: []byte(`{"n":null}`)}, []string{`+    "n": null`}},
		{"order of a list", `{"output":{"n":[1,2]}}`, vector.Answer{Output: []byte(`{"n":[2,1]}`)}, []string{`-      2`}},
		{"long texts", `{"output":{"n":"` + strings.Repeat("x", 999) + `y"}}`, vector.Answer{Output: []byte(`{"n":"` + strings.Repeat("x", 999) + `z"}`)}, []string{`(1000 bytes, checksum`}},
		{"a fault", `{"output":{}}`, vector.Answer{Fault: trap, Logs: line}, []string{`-  "output"`, `+    "message": "unreachable"`, `+      "text": "hello"`}},
		{"no fault", `{"error":{"class":"trap"}}`, vector.Answer{Output: []byte(`{}`)}, []string{`-    "class": "trap"`}},
		{"any fault", `{"error":{}}`, vector.Answer{Fault: trap}, nil},
		{"a class", `{"error":{"class":"guest_error|trap"}}`, vector.Answer{Fault: trap}, nil},
		{"another class", `{"error":{"class":"guest_error|fuel"}}`, vector.Answer{Fault: trap}, []string{`+    "class": "trap"`}},
		{"another message", `{"error":{"message":"x"}}`, vector.Answer{Fault: trap}, []string{`-    "message": "x"`}},
		{"logs", `{"output":{},"logs":[{"level":"info","text":"hello"}]}`, vector.Answer{Output: []byte(`{}`), Logs: line}, nil},
		{"other logs", `{"output":{},"logs":[]}`, vector.Answer{Output: []byte(`{}`), Logs: line}, []string{`+      "text": "hello"`}},
		{"no logs", `{"output":{},"logs":[{"level":"warn","text":"hello"}]}`, vector.Answer{Output: []byte(`{}`)}, []string{`-      "level": "warn"`}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			v := read(t, map[string]string{"v.json": tt.vector})[0]
			diff, err := v.Check(t.Context(), double{steps: []string{"s"}, answer: tt.got})
			if err != nil {
				t.Fatal(err)
			}
			if (diff == "") != (tt.want == nil) {
				t.Errorf("difference:\n%s", diff)
			}
			for _, want := range tt.want {
				if !strings.Contains(string(diff), want) {
					t.Errorf("no %q in:\n%s", want, diff)
				}
			}
		})
	}
}

func TestCheckCalls(t *testing.T) {
	v := read(t, map[string]string{"v.json": `{"output":{},"calls":[
		{"capability":"a","request":{"x":1,"y":2},"answer":{"z":3}},
		{"capability":"b","status":5}]}`})[0]
	type ask = func(string, []byte) (abi.Status, []byte)
	tests := []struct {
		name string
		ask  func(t *testing.T, ask ask)
		want string
	}{
		{"as expected", func(t *testing.T, ask ask) {
			if status, answer := ask("a", []byte(`{"y":2,"x":1.0}`)); status != 0 || string(answer) != `{"z":3}` {
				t.Errorf("a answers %d, %s", status, answer)
			}
			if status, answer := ask("b", []byte(`any`)); status != abi.LimitReached || answer != nil {
				t.Errorf("b answers %d, %s", status, answer)
			}
		}, ""},
		{"another request", func(_ *testing.T, ask ask) { ask("a", []byte(`{"x":1}`)); ask("b", nil) }, `-        "y": 2`},
		{"too few", func(_ *testing.T, ask ask) { ask("a", []byte(`{"x":1,"y":2}`)) }, `-      "capability": "b"`},
		{"another order", func(t *testing.T, ask ask) {
			if status, _ := ask("b", nil); status != abi.Denied {
				t.Errorf("what is not expected answers %d", status)
			}
			ask("a", []byte(`{"x":1,"y":2}`))
		}, `+      "capability": "a"`},
		{"too many", func(_ *testing.T, ask ask) { ask("a", []byte(`{"x":1,"y":2}`)); ask("b", nil); ask("c", nil) }, `+      "capability": "c"`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m := double{steps: []string{"s"}, answer: vector.Answer{Output: []byte(`{}`)}, ask: func(a ask) { tt.ask(t, a) }}
			diff, err := v.Check(t.Context(), m)
			if err != nil {
				t.Fatal(err)
			}
			if (diff == "") != (tt.want == "") || !strings.Contains(string(diff), tt.want) {
				t.Errorf("want %q in the difference:\n%s", tt.want, diff)
			}
		})
	}
}

func TestStepOfSeveral(t *testing.T) {
	v := read(t, map[string]string{"v.json": `{"output":{}}`})[0]
	if _, err := v.Check(t.Context(), double{steps: []string{"b", "a"}}); err == nil || !strings.Contains(err.Error(), "a, b") {
		t.Errorf("error %v", err)
	}
}

// FuzzRead: no file breaks the reader, and what it takes can be used.
func FuzzRead(f *testing.F) {
	f.Add([]byte(`[{"name":"a","input":{"call":{"id":"x"}},"calls":[{"capability":"a","answer":1}],"output":{}}]`))
	f.Add([]byte("text\n-- input.json --\n{}\n-- error.json --\n{}\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		for _, name := range []string{"a.json", "a.txtar"} {
			all, err := vector.Read(fstest.MapFS{name: &fstest.MapFile{Data: text}}, ".")
			if err != nil {
				continue
			}
			for _, v := range all {
				if document, err := v.Document("s"); err != nil || !json.Valid(document) {
					t.Errorf("document %s, %v", document, err)
				}
				answer := vector.Answer{Output: v.Output, Fault: v.Error, Logs: v.Logs}
				if v.Error != nil {
					answer.Fault = &vector.Fault{Class: strings.Split(v.Error.Class, "|")[0], Code: v.Error.Code, Message: v.Error.Message}
				}
				m := double{steps: []string{"s"}, answer: answer, ask: func(ask func(string, []byte) (abi.Status, []byte)) {
					for _, c := range v.Calls {
						ask(c.Capability, c.Request)
					}
				}}
				if diff, err := v.Check(t.Context(), m); err != nil || diff != "" {
					t.Errorf("a vector differs from itself: %v\n%s", err, diff)
				}
			}
		}
	})
}

// What is no regular file isn't opened, whatever its name: a pipe would be waited for.
func TestReadRefusesWhatIsNoFile(t *testing.T) {
	for _, mode := range []fs.FileMode{fs.ModeNamedPipe, fs.ModeDevice, fs.ModeDevice | fs.ModeCharDevice, fs.ModeSocket, fs.ModeIrregular} {
		fsys := folder(map[string]string{"a.json": `{"step":"a","output":{"outcome":"ok"}}`})
		fsys["tests/b.json"] = &fstest.MapFile{Mode: mode | 0o600}
		if _, err := vector.Read(fsys, "tests"); err == nil || !strings.Contains(err.Error(), "tests/b.json: it is no regular file") {
			t.Errorf("%v: %v", mode, err)
		}
	}
}
