// Package setvars is the step type set-vars: it sets variables of the journey.
package setvars

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/acrhost/acrhost/sdk/go/abi"
	"github.com/acrhost/acrhost/sdk/go/step"
)

// Step is the configuration: the variables.
type Step struct {
	Vars Vars `json:"vars" schema:"required" doc:"The variables and their values."`
}

// Vars are variables by name, as JSON that is kept as it came.
type Vars map[string]json.RawMessage

// JSONSchema demands names that an expression can read as vars.name.
func (Vars) JSONSchema() string {
	return `{"type":"object","minProperties":1,"propertyNames":{"pattern":"^[A-Za-z_][A-Za-z0-9_]*$"}}`
}

// Type is the step type.
func Type() step.Type {
	return step.Define[Step]("set-vars", step.Description{
		Title:    "Set variables",
		Outcomes: []string{"ok"},
		Writes:   abi.Writes{VarsFrom: []string{"/vars"}},
	})
}

// UnmarshalJSON refuses a table without variables, which is a mistake, and names
// that nothing could read.
func (v *Vars) UnmarshalJSON(b []byte) error {
	var all map[string]json.RawMessage
	if err := step.Unmarshal(b, &all); err != nil {
		return errors.New("vars must be a table")
	}
	if len(all) == 0 {
		return errors.New("vars must hold at least one variable")
	}
	for name := range all {
		if !readable(name) {
			return fmt.Errorf("%q is no name that an expression can read", name)
		}
	}
	*v = all
	return nil
}

// readable says what the schema's pattern says.
func readable(name string) bool {
	for i, c := range []byte(name) {
		letter := c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
		if !letter && (i == 0 || c < '0' || c > '9') {
			return false
		}
	}
	return name != ""
}

// Run sets them.
func (s Step) Run(*step.Context) step.Result {
	done := step.Outcome("ok")
	for _, name := range slices.Sorted(maps.Keys(s.Vars)) {
		done = done.WithVar(name, s.Vars[name])
	}
	return done
}
