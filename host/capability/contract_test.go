package capability_test

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/acrhost/acrhost/host/capability"
	"github.com/acrhost/acrhost/sdk/go/abi"
	"github.com/acrhost/acrhost/sdk/schema"
)

// read is the schema of sdk/schema, which is read once for all tests.
var read = sync.OnceValues(func() (*jsonschema.Schema, error) {
	document, err := jsonschema.UnmarshalJSON(strings.NewReader(schema.Capabilities()))
	if err != nil {
		return nil, err
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("capabilities.json", document); err != nil {
		return nil, err
	}
	return c.Compile("capabilities.json")
})

// published is what the schema says of each capability.
func published(t *testing.T) map[string]*jsonschema.Schema {
	t.Helper()
	s, err := read()
	if err != nil {
		t.Fatal(err)
	}
	return s.Properties
}

// members is the definition of an object, which has its members.
func members(s *jsonschema.Schema) *jsonschema.Schema {
	if s.Ref != nil {
		return s.Ref
	}
	return s
}

// promised holds an answer to the schema: all that it has to have, and nothing that the
// schema doesn't know, which an SDK would have no place for.
func promised(t *testing.T, name string, answer []byte) {
	t.Helper()
	s := published(t)[name].Properties["answer"]
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(answer))
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	if err := s.Validate(document); err != nil {
		t.Errorf("%s answered %s: %v", name, answer, err)
	}
	all, _ := document.(map[string]any) // the schema says that it is one
	for member := range all {
		if members(s).Properties[member] == nil {
			t.Errorf("%s answered %s: the schema has no %s", name, answer, member)
		}
	}
}

// A member that need not be there may be null or empty: not every language leaves it out.
func TestEmptyIsAbsent(t *testing.T) {
	for request, want := range map[string]abi.Status{
		`password_verify {"username":null,"password":"alice!"}`: abi.OK,
		`password_verify {"username":"","password":"alice!"}`:   abi.OK,
		`password_verify {"username":"alice","password":""}`:    abi.OK, // it is asked, and wrong
		`passkey_login_options {"user_verification":""}`:        abi.NotFound,
		`passkey_login_options {"user_verification":null}`:      abi.NotFound,
		`user_identify {"username":""}`:                         abi.BadRequest,
		`user_identify {"name":null}`:                           abi.BadRequest,
		`user_identify {"Username":"alice"}`:                    abi.BadRequest,
		`user_identify {"username":"alice","username":"bob"}`:   abi.BadRequest,
	} {
		name, document, _ := strings.Cut(request, " ")
		if status, _ := newWorld(t).Call(alice()).Call(t.Context(), name, []byte(document)); status != want {
			t.Errorf("%s: %v", request, status)
		}
	}
}

// What the schema refuses, the host refuses too, as a bad request.
func TestContract(t *testing.T) {
	all := published(t)
	if names := slices.Sorted(maps.Keys(all)); !slices.Equal(names, capability.Names()) {
		t.Fatalf("the schema has %q, the host %q", names, capability.Names())
	}
	for _, name := range capability.Names() {
		request := all[name].Properties["request"]
		good := map[string]any{}
		for member, s := range members(request).Properties {
			good[member] = example(t, s)
		}
		if err := request.Validate(good); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for what, bad := range spoiled(request, good) {
			document, err := json.Marshal(bad)
			if err != nil {
				t.Fatal(err)
			}
			v, _ := jsonschema.UnmarshalJSON(strings.NewReader(string(document)))
			if request.Validate(v) == nil {
				t.Errorf("%s %s: the schema accepts %s", name, what, document)
			}
			w := newWorld(t)
			if status, answer := w.Call(alice()).Call(t.Context(), name, document); status != abi.BadRequest {
				t.Errorf("%s %s: the host answers %s: %v %s", name, what, document, status, answer)
			}
		}
	}
}

// example is a value that fits.
func example(t *testing.T, s *jsonschema.Schema) any {
	t.Helper()
	if s = members(s); s.Enum != nil {
		return s.Enum.Values[0]
	}
	switch kind(s) {
	case "string":
		return "{code}"
	case "integer":
		if s.Minimum != nil {
			n, _ := s.Minimum.Float64()
			return n
		}
		return 1
	case "array":
		return []any{"a"}
	case "object":
		return map[string]any{"a": "b"}
	}
	t.Fatalf("no example of %v", s)
	return nil
}

func kind(s *jsonschema.Schema) string {
	if s.Types == nil || s.Types.IsEmpty() {
		return ""
	}
	return s.Types.ToStrings()[0]
}

// spoiled are requests with one mistake each, by what it is.
func spoiled(request *jsonschema.Schema, good map[string]any) map[string]any {
	with := func(name string, value any) any {
		all := maps.Clone(good)
		all[name] = value
		return all
	}
	bad := map[string]any{"with an unknown member": with("later", 1), "as a list": []any{}, "as null": nil, "as a text": "a"}
	for name, s := range members(request).Properties {
		bad[name+" of another type"] = with(name, map[string]any{"a": []any{}})
		bad[name+" as a truth value"] = with(name, true)
		if slices.Contains(members(request).Required, name) {
			all := maps.Clone(good)
			delete(all, name)
			bad["without "+name] = all
			bad[name+" as null"] = with(name, nil)
		}
		if s.Enum != nil {
			bad[name+" as none of its words"] = with(name, "pigeon")
		}
		if s.Minimum != nil {
			n, _ := s.Minimum.Float64()
			bad[name+" too small"] = with(name, n-1)
		}
		if s.Maximum != nil {
			n, _ := s.Maximum.Float64()
			bad[name+" too large"] = with(name, n+1)
		}
		if kind(s) == "integer" {
			bad[name+" with a fraction"] = with(name, 6.5)
		}
	}
	return bad
}
