// Package condition is the step type condition: it branches on a truth value,
// which is usually an expression.
package condition

import (
	"strconv"

	"github.com/acrhost/acrhost/sdk/go/step"
)

// Step is the configuration of a condition.
type Step struct {
	When bool `json:"when" schema:"required" doc:"The truth value, usually an expression."`
}

// Type is the step type.
func Type() step.Type {
	return step.Define[Step]("condition", step.Description{
		Title:    "Branch on an expression",
		Outcomes: []string{"true", "false"},
	})
}

// Run gives the value as the outcome.
func (s Step) Run(*step.Context) step.Result { return step.Outcome(strconv.FormatBool(s.When)) }
