// Package selectacr is the step type select-acr: it branches on the strongest
// supported value that the client asked for. It sets no acr: that is for set-acr,
// once the user has done what the value stands for.
package selectacr

import (
	"slices"
	"strings"

	"github.com/acrhost/acrhost/sdk/go/abi"
	"github.com/acrhost/acrhost/sdk/go/step"
)

// Step is the configuration of a selection.
type Step struct {
	Supported []Value `json:"supported" schema:"required,min=1" doc:"The values that the journey knows, weakest first. Each is an outcome."`
	Variable  string  `json:"variable" schema:"min=1" doc:"The variable that gets the selected value; at the outcome default it is not set."`
}

// Value is a supported value. It can't be default, which is the outcome without
// one.
type Value string

// JSONSchema is any other text.
func (Value) JSONSchema() string {
	return `{"type":"string","minLength":1,"not":{"const":"default"}}`
}

// Type is the step type.
func Type() step.Type {
	return step.Define[Step]("select-acr", step.Description{
		Title:        "Branch on the requested acr values",
		Outcomes:     []string{noneSupported},
		OutcomesFrom: []string{"/supported/*"},
		Writes:       abi.Writes{VarsFrom: []string{"/variable"}},
	})
}

const noneSupported = "default"

// Run picks the last supported value among the requested ones. Unknown ones are
// ignored, and so is their order.
func (s Step) Run(ctx *step.Context) step.Result {
	requested := requestedValues(ctx.Request.ACRValues)
	for _, v := range slices.Backward(s.Supported) {
		if !slices.Contains(requested, string(v)) {
			continue
		}
		selected := step.Outcome(string(v))
		if s.Variable != "" {
			selected = selected.WithVar(s.Variable, string(v))
		}
		return selected
	}
	return step.Outcome(noneSupported)
}

// requestedValues also splits at commas: clients written for WSO2 send acr_values
// so. A value that holds a comma is still found whole.
func requestedValues(sent []string) []string {
	all := slices.Clone(sent)
	for _, v := range sent {
		for part := range strings.SplitSeq(v, ",") {
			all = append(all, strings.TrimSpace(part))
		}
	}
	return all
}
