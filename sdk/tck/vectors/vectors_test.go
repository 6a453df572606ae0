package vectors_test

import (
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/acrhost/acrhost/host/capability"
	"github.com/acrhost/acrhost/sdk/go/abi"
	"github.com/acrhost/acrhost/sdk/schema"
	"github.com/acrhost/acrhost/sdk/tck/vectors"
	"github.com/acrhost/acrhost/sdk/vector"
)

// The vectors can be read, stay within the limits of the ABI, and name steps that the
// guest has and capabilities that there are.
func TestAll(t *testing.T) {
	all, err := vectors.All()
	if err != nil {
		t.Fatal(err)
	}
	missing := strings.Join(vectors.Manifest(abi.Manifest{Name: vectors.Module, Version: vectors.Version}), "\n")
	seen := map[string]bool{}
	for _, v := range all {
		document, err := v.Document(v.Step)
		if err != nil || len(document) > abi.MaxInput || len(v.Output) > abi.MaxOutput {
			t.Errorf("%s: %d bytes of input, %d of output, %v", v.Name, len(document), len(v.Output), err)
		}
		if seen[v.Name] {
			t.Errorf("%s comes twice", v.Name)
		}
		seen[v.Name] = true
		if !strings.Contains(missing, `"`+v.Step+`" is missing`) {
			t.Errorf("%s calls %q, which the guest does not have", v.Name, v.Step)
		}
		for _, c := range v.Calls {
			if !slices.Contains(capability.Names(), c.Capability) {
				t.Errorf("%s expects %q, which is no capability", v.Name, c.Capability)
			}
		}
	}
	t.Logf("%d vectors", len(all))
}

// Every capability of the host is asked by a vector that gets an answer, and by one that is
// refused.
func TestCapabilities(t *testing.T) {
	all, err := vectors.All()
	if err != nil {
		t.Fatal(err)
	}
	answered, refused := map[string]bool{}, map[string]bool{}
	for _, v := range all {
		for _, c := range v.Calls {
			switch {
			case c.Status != abi.OK:
				refused[c.Capability] = true
			case len(c.Request) > 0 && len(c.Answer) > 0:
				answered[c.Capability] = true
			}
		}
	}
	for _, name := range capability.Names() {
		if !answered[name] || !refused[name] {
			t.Errorf("%s: a vector that is answered %v, one that is refused %v", name, answered[name], refused[name])
		}
	}
}

// Every member that the input document can have has a value in what a guest tells of
// echo-full: a member that an SDK has no place for fails there.
func TestInputMembers(t *testing.T) {
	all, err := vectors.All()
	if err != nil {
		t.Fatal(err)
	}
	at := slices.IndexFunc(all, func(v vector.Vector) bool { return v.Name == "echo-full" })
	var output struct {
		Vars map[string]any `json:"vars"`
	}
	var s node
	if err := errors.Join(json.Unmarshal(all[at].Output, &output), json.Unmarshal([]byte(schema.Input()), &s)); err != nil {
		t.Fatal(err)
	}
	delete(s.Properties, "config") // of which the vectors of the step config are
	if len(s.Properties) < 14 {
		t.Fatalf("the schema has the members %v", slices.Collect(maps.Keys(s.Properties)))
	}
	for name, member := range s.Properties {
		for _, member := range missing(member, name, output.Vars[name]) {
			t.Errorf("echo-full says nothing of %s", member)
		}
	}
}

// node is a part of a JSON Schema: an object, or true where anything goes.
type node struct {
	Properties map[string]json.RawMessage `json:"properties"`
	Items      json.RawMessage            `json:"items"`
	Each       json.RawMessage            `json:"additionalProperties"`
	AnyOf      []json.RawMessage          `json:"anyOf"`
}

// missing lists the members that a schema knows and a value does not have: of a list in
// its first element, of an object whose names the data decides in one of its members.
func missing(schema json.RawMessage, path string, value any) []string {
	var n node
	if len(schema) == 0 {
		return nil
	}
	if value == nil {
		return []string{path}
	}
	if json.Unmarshal(schema, &n) != nil {
		return nil // true
	}
	object, _ := value.(map[string]any)
	list, _ := value.([]any)
	all := missing(n.Items, path+"[0]", slices.Concat(list, []any{nil})[0])
	for name, member := range n.Properties {
		all = append(all, missing(member, path+"."+name, object[name])...)
	}
	some := slices.Concat(slices.Sorted(maps.Keys(object)), []string{"*"})[0]
	all = append(all, missing(n.Each, path+"."+some, object[some])...)
	for _, branch := range n.AnyOf {
		all = append(all, missing(branch, path, value)...)
	}
	return all
}
