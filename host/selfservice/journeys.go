package selfservice

import (
	"encoding/json"
	"slices"

	"github.com/acrhost/acrhost/host/journey"
)

// enroll is the step type that adds what there is to add.
const enroll = "standard/enroll"

// prefix begins the names of the host's own journeys. No journey of an operator has a
// slash in its name.
const prefix = "account/"

// Offers are the factors that the step type standard/enroll can add, as its schema
// enumerates them, of those that the pages know; none when there is no such step type.
func Offers(catalog journey.Catalog) []string {
	t, ok := catalog.StepType(enroll)
	if !ok {
		return nil
	}
	var schema struct {
		Properties struct {
			Factor struct {
				Enum []string `json:"enum"`
			} `json:"factor"`
		} `json:"properties"`
	}
	if err := json.Unmarshal(t.ConfigSchema, &schema); err != nil {
		return nil // a schema of another shape offers nothing
	}
	var offers []string
	for _, k := range kinds() {
		if slices.Contains(schema.Properties.Factor.Enum, k.name) {
			offers = append(offers, k.name)
		}
	}
	return offers
}

// Journeys are those that add a factor each. They belong into the release beside the
// operator's: so what adds a factor in a login and here is the same step, within the
// same limits, and asks the same questions.
func Journeys(offers []string) map[string]*journey.Definition {
	all := map[string]*journey.Definition{}
	for _, name := range offers {
		all[prefix+name] = &journey.Definition{
			Name: prefix + name, Title: "Your account", Start: "enroll",
			Steps: map[string]*journey.Step{"enroll": {
				Name: "enroll", Use: enroll,
				Config: map[string]any{"factor": name, "skippable": true},
				Next:   map[string]string{"ok": journey.Success, "skipped": journey.Failure},
			}},
		}
	}
	return all
}
