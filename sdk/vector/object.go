package vector

import (
	"encoding/json"
	"maps"
	"slices"
)

// object writes members as a JSON object, sorted by name. The values stay as they are
// written: their spelling is part of what a step is tested with.
func object(members map[string]json.RawMessage) json.RawMessage {
	b := []byte{'{'}
	for i, name := range slices.Sorted(maps.Keys(members)) {
		if i > 0 {
			b = append(b, ',')
		}
		quoted, err := json.Marshal(name)
		if err != nil {
			continue // a string always has JSON
		}
		b = append(append(append(b, quoted...), ':'), members[name]...)
	}
	return append(b, '}')
}
