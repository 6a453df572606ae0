package step_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// schemaOf says which documents a schema accepts.
func schemaOf(t testing.TB, text string) func(document []byte) bool {
	t.Helper()
	parsed, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("s.json", parsed); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("s.json")
	if err != nil {
		t.Fatal(err)
	}
	return func(document []byte) bool {
		v, err := jsonschema.UnmarshalJSON(bytes.NewReader(document))
		return err == nil && s.Validate(v) == nil
	}
}
