package schema_test

import (
	"encoding/json"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/acrhost/acrhost/sdk/go/abi"
)

func compile(t *testing.T, name string) *jsonschema.Schema {
	t.Helper()
	file, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	document, err := jsonschema.UnmarshalJSON(file)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource(name, document); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile(name)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return schema
}

func validate(t *testing.T, schema *jsonschema.Schema, document string) error {
	t.Helper()
	v, err := jsonschema.UnmarshalJSON(strings.NewReader(document))
	if err != nil {
		t.Fatalf("%s: %v", document, err)
	}
	return schema.Validate(v)
}

func encode(t *testing.T, v any) string {
	t.Helper()
	document, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(document)
}

// TestInputs holds the types against the schema: a first entry, where much is
// null, and an input with everything in it.
func TestInputs(t *testing.T) {
	schema := compile(t, "input.schema.json")
	now := time.Date(2026, 11, 23, 7, 0, 0, 123e6, time.UTC)
	value, action, age := "2.5 2.0", "submit", int64(60)
	first := abi.Input{
		ABI:     abi.Version,
		Call:    abi.Call{ID: "c_1", Type: "set-acr", Step: "done", Attempt: 1, Now: now},
		Journey: abi.Journey{Name: "bank", Run: "r_1", StartedAt: now, Path: []string{}},
		Config:  json.RawMessage(`{}`),
		Request: abi.Request{ClientID: "app", ACRValues: []string{}, Scope: []string{}, Prompt: []string{}, UILocales: []string{}},
		AMR:     []string{}, Evidence: []abi.Evidence{}, Upstream: map[string]abi.Upstream{}, Vars: map[string]any{},
	}
	full := first
	full.Request.MaxAge, full.Request.LoginHint = &age, &action
	full.ACR = abi.ACR{Current: &value, Set: true}
	full.Evidence = []abi.Evidence{{Method: "pwd", AMR: []string{"pwd"}, At: now, Step: "password", Fresh: true}}
	full.Subject = &abi.Subject{ID: "u_1", Username: "alice", Claims: map[string]any{"name": "Alice"}}
	full.Upstream = map[string]abi.Upstream{"acme": {Claims: map[string]any{}}}
	full.Form, full.Action, full.State = map[string]string{"code": "123456"}, &action, json.RawMessage(`{"n":1}`)
	full.Request.Claims = []string{"email"}
	full.Request.AuthorizationDetails = []map[string]any{{"type": "pay", "amount": 1.5}}
	for name, in := range map[string]abi.Input{"first entry": first, "everything": full} {
		if err := validate(t, schema, encode(t, in)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestOutputs(t *testing.T) {
	schema := compile(t, "output.schema.json")
	for _, good := range []string{
		`{"outcome":"ok"}`,
		`{"outcome":"ok","acr":"2.5","vars":{"risk":0.3},"claims":{},"amr":[],"evidence":[{"method":"risk"}],"subject":{"id":"u_1"}}`,
		`{"outcome":"ok","acr":{"assurance":"1.5"}}`,
		`{"prompt":{"title":"Code","fields":[{"name":"code","type":"otp","label":"Code","required":true}],"actions":[{"name":"submit"}]},"state":{}}`,
		`{"prompt":{"fields":[{"name":"choice","type":"radio","options":[{"value":"a"}]}]}}`,
		`{"prompt":{"fields":[{"name":"user","type":"username","value":"alice","read_only":true},{"name":"new","type":"new_password"}]}}`,
		`{"redirect":{"url":"https://example.com/"},"state":null}`,
		`{"error":{"code":"no_phone","message":"none"}}`,
	} {
		if err := validate(t, schema, good); err != nil {
			t.Errorf("%s: %v", good, err)
		}
	}
	for _, bad := range []string{
		`{}`, `[]`, `null`, `"ok"`,
		`{"outcome":""}`, `{"outcome":1}`, `{"Outcome":"ok"}`, `{"outcome":"ok","extra":1}`,
		`{"outcome":"ok","prompt":{}}`, `{"outcome":"ok","error":{"code":"x","message":""}}`, `{"outcome":"ok","state":{}}`,
		`{"outcome":"ok","acr":""}`, `{"outcome":"ok","acr":2.5}`, `{"outcome":"ok","acr":["2.5"]}`, `{"outcome":"ok","acr":null}`,
		`{"prompt":{},"acr":"2.5"}`, `{"prompt":{"html":"<b>"}}`, `{"prompt":{"fields":[{"name":"x"}]}}`,
		`{"prompt":{"fields":[{"name":"_token","type":"text"}]}}`, `{"prompt":{"fields":[{"name":"x","type":"file"}]}}`,
		`{"prompt":{"fields":[{"name":"x","type":"select"}]}}`,
		`{"redirect":{}}`, `{"error":{"code":"","message":""}}`, `{"error":{"code":"x"}}`, `{"error":{"code":"x","message":""},"vars":{}}`,
	} {
		if err := validate(t, schema, bad); err == nil {
			t.Errorf("%s was accepted", bad)
		}
	}
}

// TestMembers compares the members that the schemas and the Go types know.
func TestMembers(t *testing.T) {
	for name, value := range map[string]any{
		"input.schema.json": abi.Input{}, "output.schema.json": abi.Output{}, "manifest.schema.json": abi.Manifest{},
	} {
		properties := compile(t, name).Properties
		kind := reflect.TypeOf(value)
		for field := range kind.Fields() {
			member, _, _ := strings.Cut(field.Tag.Get("json"), ",")
			if properties[member] == nil {
				t.Errorf("%s does not know %s", name, member)
			}
		}
		if len(properties) != kind.NumField() {
			t.Errorf("%s knows %d members, the type %d", name, len(properties), kind.NumField())
		}
	}
}
