// Package deny is the step type deny: it tells the user why they can't go on. Its
// one outcome, denied, is led to @failure or to another terminal by the journey:
// the step itself ends nothing.
package deny

import (
	"github.com/acrhost/acrhost/sdk/go/abi"
	"github.com/acrhost/acrhost/sdk/go/step"
)

// Step is the configuration of a refusal.
type Step struct {
	Title  string `json:"title" default:"You can't sign in" doc:"The page's title."`
	Reason string `json:"reason" doc:"What the user is told; without it no page is shown."`
}

// Type is the step type.
func Type() step.Type {
	return step.Define[Step]("deny", step.Description{Title: "Refuse, with a reason", Outcomes: []string{"denied"}})
}

// Run shows the reason once. Where no page may be shown it refuses at once, so
// that a client that asked for none learns access_denied.
func (s Step) Run(ctx *step.Context) step.Result {
	if s.Reason == "" || ctx.Form != nil || !ctx.Call.Interactive {
		return step.Outcome("denied")
	}
	return step.Ask(abi.Prompt{
		Title: s.Title, Text: s.Reason,
		Actions: []abi.Action{{Name: "submit", Label: "Continue"}},
	})
}
