// Package consent is the step type consent: the user says whether the application
// may have what it asks for.
package consent

import (
	"errors"
	"slices"

	"github.com/acrhost/acrhost/sdk/go/abi"
	"github.com/acrhost/acrhost/sdk/go/capability"
	"github.com/acrhost/acrhost/sdk/go/step"
)

// Step is the configuration of a consent.
type Step struct {
	Title   string            `json:"title" default:"Allow access?" doc:"The page's title."`
	Text    string            `json:"text" default:"The application asks for:" doc:"A sentence below the title."`
	Scopes  map[string]string `json:"scopes" doc:"What the user reads for a scope, by the scope's name; the standard scopes have words of their own."`
	Details map[string]string `json:"details" doc:"What the user reads for authorization details, by their type; their members are shown below it."`
	Hidden  []string          `json:"hidden" doc:"Scopes that the user is not asked about, besides openid. Claims by name and authorization details are always asked about."`
}

// Type is the step type.
func Type() step.Type {
	return step.Define[Step]("consent", step.Description{
		Title:        "Ask whether the application may have what it asks for",
		Outcomes:     []string{"ok", "denied"},
		Capabilities: []string{"consent_check", "consent_give"},
	})
}

// The user's answers. Anything but approve is a no.
const (
	approve = "approve"
	deny    = "deny"
)

// Run asks, unless there is nothing to ask about or the user allowed all of it before.
func (s Step) Run(ctx *step.Context) step.Result {
	if ctx.Form != nil {
		if ctx.Action == nil || *ctx.Action != approve {
			return step.Outcome("denied")
		}
		if err := capability.GiveConsent(ctx); err != nil {
			return step.Failed(err)
		}
		return step.Outcome("ok")
	}
	fields := s.items(ctx.Request)
	if !slices.Contains(ctx.Request.Prompt, "consent") {
		given, err := s.given(ctx, fields)
		switch {
		case err != nil:
			return step.Failed(err)
		case given:
			return step.Outcome("ok")
		}
	}
	return step.Ask(abi.Prompt{
		Title: s.Title, Text: s.Text, Fields: fields,
		Actions: []abi.Action{{Name: approve, Label: "Allow"}, {Name: deny, Label: "Don’t allow"}},
	})
}

// given says that there is nothing to ask about, or that it was allowed before. A host that
// does not tell has the user asked.
func (s Step) given(ctx *step.Context, fields []abi.Field) (bool, error) {
	if len(fields) == 0 {
		return true, nil
	}
	given, err := capability.HasConsent(ctx)
	if refused, ok := errors.AsType[*step.CallError](err); ok && refused.Status == abi.Denied {
		return false, nil
	}
	return given, err
}
