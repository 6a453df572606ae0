package plugin

import (
	"encoding/json"
	"maps"
	"slices"

	"github.com/acrhost/acrhost/host/stepdefault"
	"github.com/acrhost/acrhost/sdk/go/abi"
)

// declared gives a grant_violation for the first thing in the output that the step type does
// not declare, whatever is granted: what is granted is the module's, and a step that asks
// for nothing could else say of the user all that another one may. The acr is held to it
// where journeys are run.
func declared(t abi.StepType, o *abi.Output, config json.RawMessage) *Error {
	var named []string // by the configuration, which is read only when it matters
	read := false
	for _, name := range slices.Sorted(maps.Keys(o.Vars)) {
		if covers(t.Writes.Vars, name) {
			continue
		}
		if !read {
			named, read = namedVars(t, config), true
		}
		if !slices.Contains(named, name) {
			return violation("vars: %q is not declared", name)
		}
	}
	w := t.Writes
	return Grant{AMR: w.AMR, Claims: w.Claims, Evidence: w.Evidence, Subject: w.Subject}.identity(o, "declared")
}

// namedVars are the variables that stand where writes.vars_from leads: texts, and the names
// in tables.
func namedVars(t abi.StepType, config json.RawMessage) []string {
	var with map[string]any
	if len(config) > 0 && json.Unmarshal(config, &with) != nil {
		return nil
	}
	var names []string
	for _, path := range t.Writes.VarsFrom {
		found, err := abi.Lookup(with, path)
		if err != nil {
			continue
		}
		if len(found) == 0 {
			found = stepdefault.Of(t.ConfigSchema, path)
		}
		for _, v := range found {
			switch v := v.(type) {
			case string:
				names = append(names, v)
			case map[string]any:
				names = slices.AppendSeq(names, maps.Keys(v))
			}
		}
	}
	return names
}
