package steptest

import (
	"bytes"
	"fmt"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/acrhost/acrhost/sdk/schema"
)

// conformsChecked: the schemas are looked at. In the copy of the SDK that a project
// gets they are not, see sdk/go/standalone.
const conformsChecked = true

func conformsInput(document []byte) error { return conforms([]byte(schema.Input()), document) }

func conformsOutput(document []byte) error { return conforms([]byte(schema.Output()), document) }

// conforms holds a document against a schema.
func conforms(schemaText, document []byte) error {
	parsed, err := jsonschema.UnmarshalJSON(bytes.NewReader(schemaText))
	if err != nil {
		return fmt.Errorf("read the schema: %w", err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("document.json", parsed); err != nil {
		return fmt.Errorf("read the schema: %w", err)
	}
	compiled, err := c.Compile("document.json")
	if err != nil {
		return fmt.Errorf("read the schema: %w", err)
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(document))
	if err != nil {
		return fmt.Errorf("read the document: %w", err)
	}
	return compiled.Validate(value)
}
