package vector_test

import (
	"testing"
	"testing/fstest"

	"github.com/acrhost/acrhost/sdk/vector"
)

func TestRewrite(t *testing.T) {
	answer := vector.Answer{Output: []byte(`{"outcome":"ok","acr":"2.0"}`), Logs: []vector.Line{{Level: "info", Text: "hi"}}}
	fault := vector.Answer{Fault: &vector.Fault{Class: "trap", Message: "unreachable"}}
	for _, test := range []struct {
		name, file, text string
		answer           vector.Answer
		want             string
	}{
		{"one", "a.json", "{\"name\": \"a\",\n  \"output\": {\"outcome\": \"x\"},\n  \"input\": { }}\n", answer,
			"{\"name\": \"a\",\n  \"output\": {\n    \"outcome\": \"ok\",\n    \"acr\": \"2.0\"\n  },\n  \"input\": { }}\n"},
		{"an error", "a.json", "{\"output\": {\"outcome\": \"x\"}}", fault,
			"{\"error\": {\n  \"class\": \"trap\",\n  \"message\": \"unreachable\"\n}}"},
		{"with a log", "a.json", "{\"output\": {\"outcome\": \"x\"}, \"logs\": []}", answer,
			"{\"output\": {\n  \"outcome\": \"ok\",\n  \"acr\": \"2.0\"\n}, \"logs\": [\n  {\n    \"level\": \"info\",\n    \"text\": \"hi\"\n  }\n]}"},
		{"the second of a list", "a.json", "[{\"name\":\"a\",\"output\":{}},\n{\"name\":\"b\",\"error\":{\"class\":\"trap\"}}]", answer,
			"[{\"name\":\"a\",\"output\":{}},\n{\"name\":\"b\",\"output\": {\n  \"outcome\": \"ok\",\n  \"acr\": \"2.0\"\n}}]"},
		{"txtar", "a.txtar", "About.\n-- input.json --\n{}\n-- error.json --\n{\"class\":\"trap\"}\n", answer,
			"About.\n-- input.json --\n{}\n-- output.json --\n{\n  \"outcome\": \"ok\",\n  \"acr\": \"2.0\"\n}\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			all, err := vector.Read(fstest.MapFS{test.file: {Data: []byte(test.text)}}, ".")
			if err != nil {
				t.Fatal(err)
			}
			got, err := all[len(all)-1].Rewrite([]byte(test.text), test.answer)
			if err != nil || string(got) != test.want {
				t.Fatalf("%v\n%s\nwant\n%s", err, got, test.want)
			}
			again, err := vector.Read(fstest.MapFS{test.file: {Data: got}}, ".")
			if err != nil || len(again) != len(all) {
				t.Errorf("what was written can't be read: %v", err)
			}
		})
	}
}

// A file that changed since it was read is left alone.
func TestRewriteOfAnotherText(t *testing.T) {
	all, err := vector.Read(fstest.MapFS{"a.json": {Data: []byte("\n\n{\"output\":{}}")}}, ".")
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"{\"output\":{}}", "\n\n{\"name\":\"a\"}", "\n\n{", ""} {
		if got, err := all[0].Rewrite([]byte(text), vector.Answer{Output: []byte(`{}`)}); err == nil {
			t.Errorf("%q became %q", text, got)
		}
	}
}
