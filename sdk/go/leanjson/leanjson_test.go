package leanjson_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/acrhost/acrhost/sdk/go/leanjson"
)

// stricter says that a document is one that encoding/json takes and this package
// refuses: bad UTF-8, half a surrogate, a name that comes twice, or deep nesting.
func stricter(document []byte) bool {
	d := jsontext.NewDecoder(bytes.NewReader(document)) // strict about the first three
	for {
		_, err := d.ReadToken()
		if err != nil {
			var fault *jsontext.SyntacticError
			return errors.As(err, &fault)
		}
		if d.StackDepth() > leanjson.MaxDepth {
			return true
		}
	}
}

// agree holds leanjson.Unmarshal into a type against json.Unmarshal.
func agree[T any](t *testing.T, document []byte) {
	t.Helper()
	var got, want T
	gotErr, wantErr := leanjson.Unmarshal(document, &got), json.Unmarshal(document, &want)
	if gotErr != nil && wantErr == nil && stricter(document) {
		return
	}
	if (gotErr == nil) != (wantErr == nil) {
		t.Fatalf("%T of %q: error %v, encoding/json says %v", got, document, gotErr, wantErr)
	}
	// Not by cmp: it takes for ever where lists lie deep in each other.
	if gotErr == nil && !reflect.DeepEqual(got, want) {
		t.Errorf("%T of %q: got %#v, encoding/json says %#v", got, document, got, want)
	}
}

func seeds() []string {
	return []string{
		`{}`, `[]`, ` { "a" : [ 1 , -0, 2.5e-7 , 1E400, 1e21, "x" ] , "b" : { "c" : null } } `, `null`, `true`, `false`,
		`"\u00e9\ud83d\ude00\/\b\f\n\r\t\"\\"`, `"\ud800"`, `"\ud800\u0041"`, `"\udc00\ud800"`, "\"\xff\"", "\"é\u2028\"", "\"\x01\"", "\"a\x00\"",
		`01`, `-`, `1.`, `.5`, `1e`, `+1`, `9223372036854775807`, `9223372036854775808`, `-9223372036854775808`, `1.0`, `1e2`, `NaN`,
		`{"a":1,"a":2}`, `{"a":"x","b":null}`, `["a",null]`, `[1,]`, `{"a":1,}`, `{"a"}`, `{a:1}`, `[1 2]`, `{"a":1}{}`, `nul`, `truex`, `tru`, `"`, `"\`, `"\u12`, `"\x"`,
		``, ` `, "\x00", "1\x00", "\ufeff1", strings.Repeat("[", 256) + strings.Repeat("]", 256), strings.Repeat("[", 257) + strings.Repeat("]", 257),
		strings.Repeat(`{"a":`, 65) + `"exactly eight or more bytes"` + strings.Repeat("}", 65), `[[],{},[{"x":[]}],"]"]`, `{"a":{"b":1,"b":2}}`,
	}
}

func check(t *testing.T, document []byte) {
	agree[any](t, document)
	agree[map[string]any](t, document)
	agree[map[string]string](t, document)
	agree[map[string]json.RawMessage](t, document)
	agree[json.RawMessage](t, document)
	agree[[]any](t, document)
	agree[[]string](t, document)
	agree[string](t, document)
	agree[bool](t, document)
	agree[int](t, document)
	agree[int64](t, document)
	agree[float64](t, document)
	agree[struct{ A, B any }](t, document) // by encoding/json itself
}

func TestSeeds(t *testing.T) {
	for _, s := range seeds() {
		check(t, []byte(s))
	}
}

func FuzzUnmarshal(f *testing.F) {
	for _, s := range seeds() {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, document []byte) { check(t, document) })
}

// reference is what encoding/json writes without HTML escapes.
func reference(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), err
}

// FuzzAppend: whatever a tree holds, it is written as encoding/json writes it, and a
// raw value too, which must also be what this package reads.
func FuzzAppend(f *testing.F) {
	for _, s := range seeds() {
		f.Add([]byte(s), s, 1e-9, int64(-1))
	}
	f.Add([]byte(`{}`), "<&>\u2028\x7f", 1e21, int64(1)<<62)
	f.Fuzz(func(t *testing.T, document []byte, text string, number float64, whole int64) {
		raw := json.RawMessage(document)
		values := []any{text, number, whole, int(whole), []string{text}, []string(nil), []any(nil), map[string]any(nil), map[string]string(nil), map[string]string{text: text, "": "x"},
			map[string]any{text: number, "a": []any{text, nil, true, false}, "b": map[string]any{}}, raw, struct{ A string }{text}, []int{1}}
		var tree any
		if json.Unmarshal(document, &tree) == nil {
			values = append(values, tree)
		}
		for _, v := range values {
			got, err := leanjson.AppendAny([]byte("before "), v)
			want, wantErr := reference(v)
			if err != nil && wantErr == nil && stricter(want) {
				continue
			}
			if (err == nil) != (wantErr == nil) || err == nil && string(got) != "before "+string(want) {
				t.Errorf("%T %v: wrote %q, %v; encoding/json %q, %v", v, v, got, err, want, wantErr)
			}
		}
	})
}

// A text is written so that what it is read back as is the same, but for bytes that
// are no UTF-8.
func FuzzText(f *testing.F) {
	for _, s := range seeds() {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		var back string
		if err := leanjson.Unmarshal(leanjson.AppendText(nil, s), &back); err != nil {
			t.Fatal(err)
		}
		if utf8.ValidString(s) && back != s {
			t.Errorf("%q came back as %q", s, back)
		}
	})
}

// A value that holds itself ends with an error, not with the stack.
func TestEndless(t *testing.T) {
	m := map[string]any{}
	m["m"] = []any{m}
	if _, err := leanjson.AppendAny(nil, m); err == nil || !strings.Contains(err.Error(), "too deep") {
		t.Errorf("error %v", err)
	}
}

// Faults say what was expected, what was found and where.
func TestFaults(t *testing.T) {
	for document, want := range map[string]string{
		`{"a":1}`:           `a: a text is expected, found a number`,
		`{"a":"x"`:          `the document ends where a comma or the end of the object or list is expected at byte 8`,
		`{"a":"x","a":"y"}`: `the name "a" comes twice`,
		`{"a":"\ud800"}`:    `a: half a surrogate or no four hexadecimal digits in an escape at byte 6`,
		"{\"a\":\"\xff\"}":  `a: invalid UTF-8 at byte 6`,
		`{"a":?}`:           `a: found '?' where a text is expected at byte 5`,
		`{} {}`:             `something follows the document at byte 3`,
		`[]`:                `an object is expected, found a list`,
	} {
		var m map[string]string
		if err := leanjson.Unmarshal([]byte(document), &m); err == nil || err.Error() != want {
			t.Errorf("%s: error %v, want %q", document, err, want)
		}
	}
}

// What is read from a list or an object is not what another caller can grow into.
func TestRawIsBounded(t *testing.T) {
	document := []byte(`{"a":{"b":1},"c":2}`)
	var m map[string]json.RawMessage
	if err := leanjson.Unmarshal(document, &m); err != nil {
		t.Fatal(err)
	}
	_ = append(m["a"], "overwritten"...)
	if string(document) != `{"a":{"b":1},"c":2}` {
		t.Errorf("the document is now %s", document)
	}
}
