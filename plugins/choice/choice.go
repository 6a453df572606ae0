// Package choice is the step type choice: the user picks one of several ways on.
package choice

import (
	"github.com/acrhost/acrhost/sdk/go/abi"
	"github.com/acrhost/acrhost/sdk/go/step"
)

// Step is the configuration of a choice. Each option's value is an outcome.
type Step struct {
	Title   string   `json:"title" default:"Choose how to continue" doc:"The page's title."`
	Text    string   `json:"text" doc:"A sentence below the title."`
	Options []Option `json:"options" schema:"required,min=1" doc:"What the user can choose, in this order."`
}

// Option is one thing to choose.
type Option struct {
	Value       string   `json:"value" schema:"required,min=1" doc:"The outcome."`
	Label       string   `json:"label" doc:"What the user reads; without it, the value."`
	SatisfiedBy []string `json:"satisfied_by" schema:"min=1" doc:"When the evidence covers all of these amr values, the option is taken without asking."`
}

// Type is the step type.
func Type() step.Type {
	return step.Define[Step]("choice", step.Description{
		Title:        "Let the user choose",
		OutcomesFrom: []string{"/options/*/value"},
	})
}

// Run takes the first option that the evidence covers, or asks. Each option is a
// radio button of one field, not a button of its own: a form that is sent without
// any button then still says what was chosen.
func (s Step) Run(ctx *step.Context) step.Result {
	if ctx.Form == nil {
		for _, o := range s.Options {
			if ctx.Covered(o.SatisfiedBy...) {
				return step.Outcome(o.Value)
			}
		}
		return s.ask("")
	}
	for _, o := range s.Options {
		if o.Value == ctx.Form["choice"] {
			return step.Outcome(o.Value)
		}
	}
	return s.ask("Please choose one of these.")
}

func (s Step) ask(wrong string) step.Result {
	options := make([]abi.Option, len(s.Options))
	for i, o := range s.Options {
		options[i] = abi.Option{Value: o.Value, Label: o.Label}
		if o.Label == "" {
			options[i].Label = o.Value
		}
	}
	return step.Ask(abi.Prompt{
		Title: s.Title, Text: s.Text,
		Fields:  []abi.Field{{Name: "choice", Type: abi.Radio, Label: "Your choice", Required: true, Options: options, Error: wrong}},
		Actions: []abi.Action{{Name: "submit", Label: "Continue"}},
	})
}
