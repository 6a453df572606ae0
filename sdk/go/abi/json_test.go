package abi_test

import (
	"bytes"
	stdjson "encoding/json"
	"reflect"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/acrhost/acrhost/sdk/go/abi"
)

// inputs are a first entry, where much is null, and one with everything in it.
func inputs() []abi.Input {
	now := time.Date(2026, 11, 23, 7, 0, 0, 123e6, time.UTC)
	value, action, age := "2.5 2.0", "submit", int64(60)
	full := abi.Input{
		ABI:     abi.Version,
		Call:    abi.Call{ID: "c_1", Type: "set-acr", Step: "done", Attempt: 2, Now: now, Interactive: true},
		Journey: abi.Journey{Name: "bank", Run: "r_1", StartedAt: now.Add(time.Nanosecond), Path: []string{"a", "b<c>"}},
		Config:  stdjson.RawMessage(`{ "a": "b c" , "d" : [ 1 ] }`),
		Request: abi.Request{ClientID: "app", ACRValues: []string{"1"}, ACREssential: true, Scope: []string{"openid"}, Prompt: []string{}, MaxAge: &age, LoginHint: &value, UILocales: []string{"en"}, Claims: []string{"email", "phone_number"}, AuthorizationDetails: []map[string]any{{"type": "pay", "actions": []any{"a"}, "amount": map[string]any{"value": "1.00"}}, {"type": "<x>"}}},
		ACR:     abi.ACR{Current: &value, Set: true}, AMR: []string{"pwd"},
		Evidence: []abi.Evidence{{Method: "pwd", AMR: []string{"pwd"}, At: now, Step: "password", Fresh: true}, {At: now.In(time.FixedZone("", 3600))}},
		Subject:  &abi.Subject{ID: "u_1", Username: "alice", Claims: map[string]any{"name": "Alice \u2028 \"M\u00fcller\"", "n": 1e21, "deep": map[string]any{"b": []any{nil, true}, "a": 0.5}}},
		Upstream: map[string]abi.Upstream{"b": {Claims: map[string]any{}}, "a": {}, "c": {ACR: &value, AMR: []string{"hwk", "\"x"}}, "d": {AMR: []string{}}},
		Device:   abi.Device{IP: "192.0.2.1", UserAgent: "Mozilla & <co>"}, Vars: map[string]any{"x": int64(7), "own": struct{ A string }{"<a>"}, "l": []string{"a"}},
		Form: map[string]string{"code": "123456", "b": "\xff"}, Action: &action, State: stdjson.RawMessage(`{"n":1}`),
	}
	return []abi.Input{{Config: stdjson.RawMessage(`{}`), Upstream: map[string]abi.Upstream{}, Vars: map[string]any{}}, full}
}

func outputs() []abi.Output {
	return []abi.Output{
		{}, {Outcome: "ok", ACR: stdjson.RawMessage(` {"b": 1,"a":"x"}`), Vars: map[string]any{"b": 1, "a": []any{}}, Claims: map[string]any{}, AMR: []string{}, Evidence: []abi.Asserted{{Method: "risk"}, {Method: "x", AMR: []string{"a"}}}, Subject: &abi.SubjectRef{ID: "u"}},
		{ACR: stdjson.RawMessage(`"x"`)}, {Subject: &abi.SubjectRef{}}, {State: stdjson.RawMessage(`null`)}, {Prompt: &abi.Prompt{}, Evidence: []abi.Asserted{}},
		{Prompt: &abi.Prompt{Title: "<T>", Text: "t", Error: "e", Fields: []abi.Field{
			{Name: "a", Type: abi.Radio, Label: "l", Hint: "h", Error: "e", Value: "v", Required: true, ReadOnly: true, Options: []abi.Option{{Value: "o"}, {Value: "p", Label: "P"}}}, {Options: []abi.Option{}},
		}, Actions: []abi.Action{{Name: "submit", Label: "Go"}, {Name: "x"}}}, State: stdjson.RawMessage(`1`)},
		{Redirect: &abi.Redirect{URL: "https://a.example/?a=b&c"}}, {Error: &abi.Error{Code: "c", Message: "m"}},
	}
}

// reference is what encoding/json writes without HTML escapes.
func reference(v any) ([]byte, error) {
	var b bytes.Buffer
	e := stdjson.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), err
}

// appender is a document that writes itself.
type appender interface {
	AppendJSON(b []byte) ([]byte, error)
}

func compareAppend(t *testing.T, v appender) {
	t.Helper()
	got, err := v.AppendJSON([]byte("before "))
	want, wantErr := reference(v)
	if err != nil || wantErr != nil || string(got) != "before "+string(want) {
		t.Errorf("wrote %q, %v\nencoding/json %q, %v", got, err, want, wantErr)
	}
}

func TestAppend(t *testing.T) {
	for _, in := range inputs() {
		compareAppend(t, in)
	}
	for _, o := range outputs() {
		compareAppend(t, o)
	}
	for _, r := range []appender{
		abi.UserIdentify{Username: "a\"b"}, abi.PasswordVerify{}, abi.PasswordVerify{Username: "u", Password: "p"}, abi.PasswordSet{Password: "p\"q"}, abi.OTPSend{},
		abi.OTPSend{Channel: "sms", Length: 8, TTL: 60, Text: "{code}"}, abi.OTPVerify{Channel: "sms", Code: "1"}, abi.HTTPFetch{}, abi.HTTPFetch{Headers: map[string]string{}},
		abi.UpstreamBegin{}, abi.UpstreamBegin{Provider: "a\"b", ACRValues: []string{"1", "2"}, Prompt: "none", MaxAge: new(int64(0)), LoginHint: "x"}, abi.UpstreamBegin{ACRValues: []string{}},
		abi.HTTPFetch{Method: "POST", URL: "https://a.example/", Headers: map[string]string{"b": "2", "a": "1"}, Body: "x"},
	} {
		compareAppend(t, r)
	}
}

// What can't be written is an error that names the member.
func TestAppendRefuses(t *testing.T) {
	late := time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC)
	for name, v := range map[string]appender{
		"config": abi.Input{Config: stdjson.RawMessage(`{`)}, "state": abi.Input{State: stdjson.RawMessage(``)},
		"call": abi.Input{Call: abi.Call{Now: late}}, "journey": abi.Input{Journey: abi.Journey{StartedAt: late}}, "evidence": abi.Input{Evidence: []abi.Evidence{{At: late}}},
		"vars": abi.Input{Vars: map[string]any{"f": func() {}}}, "subject": abi.Input{Subject: &abi.Subject{Claims: map[string]any{"f": make(chan int)}}},
		"upstream": abi.Input{Upstream: map[string]abi.Upstream{"a": {Claims: map[string]any{"f": func() {}}}}}, "acr": abi.Output{ACR: stdjson.RawMessage(`x`)},
		"claims": abi.Output{Claims: map[string]any{"f": func() {}}},
	} {
		if _, err := v.AppendJSON(nil); err == nil || !bytes.HasPrefix([]byte(err.Error()), []byte(name+": ")) {
			t.Errorf("%s: error %v", name, err)
		}
		if _, err := reference(v); err == nil {
			t.Errorf("%s: encoding/json writes it", name)
		}
	}
}

// reader is a document that reads itself.
type reader interface {
	ParseJSON(document []byte) error
}

// compareParse holds ParseJSON against a strict decoder of JSON that knows nothing
// of this package. Raw members are not searched for names that come twice.
func compareParse[T any](t *testing.T, document []byte) {
	t.Helper()
	var got, want, lax T
	err := any(&got).(reader).ParseJSON(bytes.Clone(document))
	strictErr := json.Unmarshal(document, &want)
	laxErr := json.Unmarshal(document, &lax, jsontext.AllowDuplicateNames(true))
	switch {
	case err != nil && strictErr == nil && bytes.Count(document, []byte("{"))+bytes.Count(document, []byte("[")) <= 256:
		t.Errorf("%T of %q: %v", got, document, err)
	case err == nil && laxErr != nil:
		t.Errorf("%T of %q was accepted: %v", got, document, laxErr)
	case err == nil && !reflect.DeepEqual(got, lax):
		t.Errorf("%T of %q: got %+v, want %+v", got, document, got, lax)
	}
}

func FuzzParse(f *testing.F) {
	for _, in := range inputs() {
		document, err := reference(in)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(document)
	}
	for _, s := range []string{
		`null`, `[]`, `{"abi":1}`, `{"call":{"attempt":1.0}}`, `{"call":{"now":"2026-11-23"}}`, `{"call":{"now":"0000-01-01T0:00:00Z"}}`, `{"call":{"now":"2026-11-23T07:00:00,5Z"}}`, `{"call":{"now":"2026-11-23T07:00:00+24:00"}}`, `{"call":{"now":"2026-11-23T07:00:00.5-07:30"}}`, `{"call":{"now":""}}`, `{"call":{"now":"2026-11-23T07:00:00\u005a"}}`, `{"call":null,"later":{"a":[1,{}]}}`,
		`{"call":{"id":"a","id":"b"}}`, `{"CALL":{"id":"a"}}`, `{"vars":{"a":1,"a":2}}`, `{"state":{"a":1,"a":2}}`, `{"form":{"a":null}}`, `{"subject":{"claims":null}}`, `{"evidence":[null,{}]}`,
		`{"subject":{"id":"u1","username":"alice","claims":{"a":1}}}`, `{"ok":true,"retry_after":9}`, `{"ok":true,"change":true}`, `{"ok":false,"reason":"too_short"}`, `{"to":"+1•••••01"}`, `{"status":200,"headers":{"a":"b"},"body":"x"}`, `{"config":{"a":"\ud800"}}`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, document []byte) {
		compareParse[abi.Input](t, document)
		compareParse[abi.UserIdentified](t, document)
		compareParse[abi.Verified](t, document)
		compareParse[abi.PasswordChosen](t, document)
		compareParse[abi.OTPSent](t, document)
		compareParse[abi.HTTPFetched](t, document)
		var in abi.Input
		if stdjson.Unmarshal(document, &in) == nil && json.Unmarshal(document, new(any)) == nil && in.Config != nil {
			compareAppend(t, in)
		}
		var o abi.Output
		if stdjson.Unmarshal(document, &o) == nil && json.Unmarshal(document, new(any)) == nil {
			compareAppend(t, o)
		}
	})
}

func BenchmarkInput(b *testing.B) {
	document, err := reference(inputs()[1])
	if err != nil {
		b.Fatal(err)
	}
	b.Run("ParseJSON", func(b *testing.B) {
		b.SetBytes(int64(len(document)))
		b.ReportAllocs()
		for b.Loop() {
			var in abi.Input
			if err := in.ParseJSON(document); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("json.Unmarshal", func(b *testing.B) {
		b.SetBytes(int64(len(document)))
		b.ReportAllocs()
		for b.Loop() {
			var in abi.Input
			if err := stdjson.Unmarshal(document, &in); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkAppend(b *testing.B) {
	buffer := make([]byte, 0, 4096)
	for name, v := range map[string]appender{"input": inputs()[1], "output": outputs()[6]} {
		b.Run(name+"/AppendJSON", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := v.AppendJSON(buffer); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(name+"/json.Marshal", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := stdjson.Marshal(v); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
