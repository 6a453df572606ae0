package acr_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/acrhost/acrhost/host/acr"
)

func TestCanonical(t *testing.T) {
	tests := []struct{ raw, want string }{
		{`"1.5"`, "1.5"},
		{` "urn:okta:loa:2fa:any" `, "urn:okta:loa:2fa:any"},
		{`"assurance:1.5|device:0.8|risk:0.3"`, "assurance:1.5|device:0.8|risk:0.3"},
		{`"caf\u00e9 \"x\" \/"`, `café "x" /`},
		{`{"risk": 0.30, "assurance": "1.5"}`, `{"assurance":"1.5","risk":0.3}`},
		{`{"assurance":"1.5","risk":3e-1}`, `{"assurance":"1.5","risk":0.3}`},
		{`{"b":{"d":[1, 2.0],"c":null},"a":true}`, `{"a":true,"b":{"c":null,"d":[1,2]}}`},
		{`{"\u20ac":1,"\r":2,"1":3}`, `{"\r":2,"1":3,"€":1}`}, // RFC 8785 3.2.3, in part
		{`{}`, `{}`},
		{`{"n":9007199254740991}`, `{"n":9007199254740991}`},
	}
	for _, tt := range tests {
		t.Run(tt.raw, func(t *testing.T) {
			got, err := acr.Canonical(json.RawMessage(tt.raw))
			if err != nil || got != tt.want {
				t.Errorf("got %q, %v, want %q", got, err, tt.want)
			}
		})
	}
}

func TestCanonicalRefuses(t *testing.T) {
	tests := []struct{ name, raw, want string }{
		{"nothing", ``, "proper JSON"},
		{"empty", `""`, "empty"},
		{"number", `2.5`, "a number"},
		{"list", `["2.5"]`, "a list"},
		{"null", `null`, "null"},
		{"boolean", `true`, "a boolean"},
		{"two documents", `"a" "b"`, "proper JSON"},
		{"cut", `{"a":`, "proper JSON"},
		{"a key twice", `{"a":1,"a":2}`, "proper JSON"},
		{"a key twice, escaped", `{"a":1,"\u0061":2}`, "proper JSON"},
		{"bad UTF-8", "\"\xff\"", "proper JSON"},
		{"half a surrogate", `"\ud800"`, "proper JSON"},
		{"line feed", `"a\nb"`, "control"},
		{"NUL", `"a\u0000"`, "control"},
		{"C1 control", `"a\u0085"`, "control"},
		{"rounded number", `{"txn":9007199254740993}`, "exact"},
		{"deep rounded number", `{"a":[{"b":-1e300}]}`, "exact"},
		{"infinite number", `{"a":1e999}`, ""},
		{"long", `"` + strings.Repeat("x", acr.MaxValue+1) + `"`, "1024 are allowed"},
		{"long object", `{"a":"` + strings.Repeat("x", acr.MaxValue) + `"}`, "1024 are allowed"},
		{"huge", strings.Repeat(" ", 70<<10) + `"a"`, "bytes of JSON"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := acr.Canonical(json.RawMessage(tt.raw))
			if err == nil {
				t.Fatalf("got %q, want an error", got)
			}
			if !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error is %q, want %q in it", err, tt.want)
			}
		})
	}
}

// An accepted object comes out the same again, and whatever order its keys and
// white space had.
func FuzzCanonical(f *testing.F) {
	for _, raw := range []string{`"1.5"`, `{"b":1,"a":[2,{"d":1e2,"c":"\u0041"}]}`, `{"n":-0.0}`, `{"n":1e15}`, `{"a":"é"}`} {
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		text, err := acr.Canonical(json.RawMessage(raw))
		if err != nil {
			return
		}
		if text == "" || len(text) > acr.MaxValue {
			t.Fatalf("accepted %d bytes", len(text))
		}
		var object map[string]any
		if json.Unmarshal([]byte(raw), &object) != nil {
			return // a string: it stays as it is
		}
		again, err := acr.Canonical(json.RawMessage(text))
		if err != nil || again != text {
			t.Errorf("%q became %q, %v", text, again, err)
		}
		shuffled, err := json.MarshalIndent(object, " ", "\t")
		if err != nil {
			t.Fatal(err)
		}
		if other, err := acr.Canonical(shuffled); err != nil || other != text {
			t.Errorf("%q in another order is %q, %v, want %q", raw, other, err, text)
		}
	})
}
