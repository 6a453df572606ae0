package host

import (
	"encoding/json"

	"github.com/acrhost/acrhost/host/stepdefault"
	"github.com/acrhost/acrhost/sdk/go/abi"
)

// configured finds the texts to which a JSON Pointer leads in a step's configuration, its
// expressions evaluated, or in the defaults of its schema where it leads nowhere. Nothing
// is read before somebody asks: most calls fetch nothing.
func configured(config, schema json.RawMessage) func(pointer string) []string {
	return func(pointer string) []string {
		var with map[string]any
		if len(config) > 0 && json.Unmarshal(config, &with) != nil {
			return nil
		}
		found, err := abi.Lookup(with, pointer)
		if err != nil {
			return nil
		}
		if len(found) == 0 {
			found = stepdefault.Of(schema, pointer)
		}
		var texts []string
		for _, v := range found {
			if text, ok := v.(string); ok {
				texts = append(texts, text)
			}
		}
		return texts
	}
}
