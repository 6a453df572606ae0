// Package display is the step type display: it shows information until the user
// goes on.
package display

import (
	"strconv"

	"github.com/acrhost/acrhost/sdk/go/abi"
	"github.com/acrhost/acrhost/sdk/go/step"
)

// Step is the configuration of a page.
type Step struct {
	Title string `json:"title" doc:"The page's title."`
	Text  string `json:"text" doc:"What the page says."`
	Items []Item `json:"items" schema:"max=32" doc:"Names and values, shown as a list."`
}

// Item is one line of the list.
type Item struct {
	Label string `json:"label" schema:"required"`
	Value string `json:"value" schema:"required"`
}

// Type is the step type.
func Type() step.Type {
	return step.Define[Step]("display", step.Description{Title: "Show information", Outcomes: []string{"ok"}})
}

// Run shows the page, then goes on.
func (s Step) Run(ctx *step.Context) step.Result {
	if ctx.Form != nil {
		return step.Outcome("ok")
	}
	var fields []abi.Field
	for i, item := range s.Items {
		fields = append(fields, abi.Field{Name: "item-" + strconv.Itoa(i+1), Type: abi.Info, Label: item.Label, Value: item.Value})
	}
	return step.Ask(abi.Prompt{
		Title: s.Title, Text: s.Text, Fields: fields,
		Actions: []abi.Action{{Name: "submit", Label: "Continue"}},
	})
}
