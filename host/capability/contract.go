package capability

import (
	"slices"
	"strings"
	"sync"

	"github.com/go-json-experiment/json"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/acrhost/acrhost/sdk/schema"
)

// maxRequest bounds a guest's request in bytes.
const maxRequest = 64 << 10

// contract is what sdk/schema publishes of the capabilities. Requests are held to it, and
// not to the Go types alone: these can't tell a member that is missing from an empty one, so
// that a request without a code would count as a wrong code.
type contract struct{ capabilities *jsonschema.Schema }

// published is the contract, which is read once: that takes some milliseconds.
var published = sync.OnceValue(readContract)

// readContract reads the contract. It is part of the program: one that can't be read is a
// fault of the build, not of a request.
func readContract() contract {
	const url = "acrhost:capabilities"
	document, err := jsonschema.UnmarshalJSON(strings.NewReader(schema.Capabilities()))
	if err != nil {
		panic("sdk/schema: " + err.Error())
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource(url, document); err != nil {
		panic("sdk/schema: " + err.Error())
	}
	return contract{c.MustCompile(url)}
}

// check refuses a request that is not what the schema says. The reason is not told: it may
// quote a password.
func (c contract) check(name string, document []byte) error {
	if len(document) > maxRequest {
		return badRequest("the request is too long")
	}
	var request map[string]any
	if json.Unmarshal(document, &request) != nil || request == nil {
		return badRequest("the request is no JSON object")
	}
	s := c.capabilities.Properties[name].Properties["request"]
	dropEmpty(request, s)
	if s.Validate(request) != nil {
		return badRequest("the request is not what the capability's schema says")
	}
	return nil
}

// dropEmpty takes null and empty texts for members that are not there, where they need not
// be: not every language can leave a member out.
func dropEmpty(request map[string]any, s *jsonschema.Schema) {
	if s.Ref != nil {
		s = s.Ref
	}
	for name, value := range request {
		if (value == nil || value == "") && s.Properties[name] != nil && !slices.Contains(s.Required, name) {
			delete(request, name)
		}
	}
}
