// Package identify is the step type identify: it asks who the user is. The answer
// proves nothing, and its outcomes tell who is known here: where that must not show,
// begin with a step that verifies, such as password.
package identify

import (
	"strings"

	"github.com/acrhost/acrhost/plugins/patience"
	"github.com/acrhost/acrhost/sdk/go/abi"
	"github.com/acrhost/acrhost/sdk/go/capability"
	"github.com/acrhost/acrhost/sdk/go/step"
)

// Step is the configuration of an identification.
type Step struct {
	Title        string `json:"title" default:"Sign in" doc:"The page's title."`
	Text         string `json:"text" doc:"A sentence below the title."`
	UseLoginHint bool   `json:"use_login_hint" default:"true" doc:"Take the request's login_hint without asking when it names a user."`
}

// Type is the step type.
func Type() step.Type {
	return step.Define[Step]("identify", step.Description{
		Title:        "Ask for the user name",
		Outcomes:     []string{"ok", "unknown"},
		Capabilities: []string{"user_identify"},
	})
}

// Run passes at once when the run is about somebody already.
func (s Step) Run(ctx *step.Context) step.Result {
	if ctx.Subject != nil {
		return step.Outcome("ok")
	}
	if ctx.Form != nil {
		return s.answered(ctx)
	}
	hint := s.hint(ctx)
	if hint == "" {
		return s.ask(ctx, "")
	}
	_, err := capability.IdentifyUser(ctx, hint)
	switch step.Status(err) {
	case abi.OK:
		return step.Outcome("ok")
	case abi.NotFound:
		return s.ask(ctx, hint)
	case abi.LimitReached:
		return s.later(ctx, hint)
	}
	return step.Failed(err)
}

// hint is the login_hint, the first time: when it led nowhere, asking is all that
// is left.
func (s Step) hint(ctx *step.Context) string {
	if !s.UseLoginHint || ctx.Request.LoginHint == nil || ctx.Call.Attempt > 1 {
		return ""
	}
	return strings.TrimSpace(*ctx.Request.LoginHint)
}

func (s Step) answered(ctx *step.Context) step.Result {
	name := strings.TrimSpace(ctx.Form["username"])
	if name == "" {
		return s.ask(ctx, "")
	}
	_, err := capability.IdentifyUser(ctx, name)
	switch step.Status(err) {
	case abi.OK:
		return step.Outcome("ok")
	case abi.NotFound:
		return step.Outcome("unknown")
	case abi.LimitReached:
		return s.later(ctx, name)
	}
	return step.Failed(err)
}

// later asks again, some time: too many names were tried from here.
func (s Step) later(ctx *step.Context, name string) step.Result {
	return s.ask(ctx, name).WithOutput(func(o *abi.Output) { o.Prompt.Error = patience.TooManyTries(0) })
}

func (s Step) ask(ctx *step.Context, name string) step.Result {
	p := abi.Prompt{
		Title: s.Title, Text: s.Text,
		Fields:  []abi.Field{{Name: "username", Type: abi.Username, Label: "User name", Required: true, Value: name}},
		Actions: []abi.Action{{Name: "submit", Label: "Continue"}},
	}
	if ctx.Form == nil && ctx.Retried() {
		p.Error = "That user name is not known here."
	}
	return step.Ask(p)
}
