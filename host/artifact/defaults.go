package artifact

import (
	"maps"
	"slices"

	"github.com/acrhost/acrhost/host/fetchrule"
	"github.com/acrhost/acrhost/host/stepdefault"
	"github.com/acrhost/acrhost/sdk/go/abi"
)

// defaultFetches are where a step sends requests that takes the address from its
// configuration, where that has none.
func defaultFetches(t abi.StepType) []string {
	var all []string
	for _, text := range t.Fetches {
		w, err := fetchrule.ParseWant(text)
		if err != nil || w.From == "" {
			continue
		}
		for _, v := range stepdefault.Of(t.ConfigSchema, w.From) {
			if address, ok := v.(string); ok {
				all = append(all, w.Method+" "+address)
			}
		}
	}
	return all
}

// defaultVars are the names as the host lets the step set them: a text, and those in a table.
func defaultVars(t abi.StepType) []string {
	var all []string
	for _, path := range t.Writes.VarsFrom {
		for _, v := range stepdefault.Of(t.ConfigSchema, path) {
			switch v := v.(type) {
			case string:
				all = append(all, v)
			case map[string]any:
				all = slices.AppendSeq(all, maps.Keys(v))
			}
		}
	}
	return all
}

// defaultACR are the values as the host lets the step set them: of an object any, and of
// what is neither that nor a text whatever it likes.
func defaultACR(t abi.StepType) []string {
	var all []string
	for _, path := range t.Writes.ACRFrom {
		for _, v := range stepdefault.Of(t.ConfigSchema, path) {
			switch value := v.(type) {
			case string:
				all = append(all, value)
			case map[string]any:
				all = append(all, "{*")
			default:
				all = append(all, "*")
			}
		}
	}
	return all
}
