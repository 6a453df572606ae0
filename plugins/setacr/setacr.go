// Package setacr is the step type set-acr: it sets the acr of the login. A later
// set overwrites it.
package setacr

import (
	"bytes"
	"encoding/json"
	"errors"

	"github.com/acrhost/acrhost/sdk/go/abi"
	"github.com/acrhost/acrhost/sdk/go/step"
)

// Step is the configuration: the value.
type Step struct {
	ACR Value `json:"acr" schema:"required" doc:"The value: a text, or an object, which the host turns into a text."`
}

// Value is an acr value as JSON. It is kept as it came: a number in it must not
// change on its way through.
type Value json.RawMessage

// JSONSchema is a text that is not empty, or an object.
func (Value) JSONSchema() string { return `{"type":["string","object"],"minLength":1}` }

// UnmarshalJSON refuses what is no acr value.
func (v *Value) UnmarshalJSON(b []byte) error {
	b = bytes.TrimSpace(b)
	if len(b) == 0 || b[0] != '"' && b[0] != '{' || string(b) == `""` {
		return errors.New("acr must be a text that is not empty, or an object")
	}
	*v = bytes.Clone(b)
	return nil
}

// Type is the step type.
func Type() step.Type {
	return step.Define[Step]("set-acr", step.Description{
		Title:    "Set the acr value",
		Outcomes: []string{"ok"},
		Writes:   abi.Writes{ACRFrom: []string{"/acr"}},
	})
}

// Run sets the value.
func (s Step) Run(*step.Context) step.Result {
	return step.Outcome("ok").WithACR(json.RawMessage(s.ACR))
}
