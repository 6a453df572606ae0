// Package password is the step type password: user name, if nobody is identified,
// and password; and another password, when the user has to choose one.
package password

import (
	"strings"

	"github.com/acrhost/acrhost/plugins/patience"
	"github.com/acrhost/acrhost/sdk/go/abi"
	"github.com/acrhost/acrhost/sdk/go/capability"
	"github.com/acrhost/acrhost/sdk/go/step"
)

// Step is the configuration of a password check.
type Step struct {
	Title  string        `json:"title" default:"Sign in" doc:"The page's title."`
	Text   string        `json:"text" doc:"A sentence below the title."`
	MaxAge step.Duration `json:"max_age" doc:"A password that was checked no longer ago than this is not asked for again; absent: as long as the session's evidence counts."`
	Always bool          `json:"always" doc:"Ask whatever was checked before."`
}

// Type is the step type.
func Type() step.Type {
	return step.Define[Step]("password", step.Description{
		Title:        "Check the password",
		Outcomes:     []string{"ok", "failed"},
		Capabilities: []string{"password_verify", "password_set"},
	})
}

// method is the evidence that a checked password leaves.
const method = "pwd"

// Run passes without asking when the password was checked and still counts.
func (s Step) Run(ctx *step.Context) step.Result {
	if ctx.Form != nil {
		return s.answered(ctx)
	}
	proved := ctx.Proved(method, s.MaxAge)
	if proved && !s.Always {
		return step.Outcome("ok")
	}
	p := s.page(ctx)
	if ctx.Call.Attempt > 1 && !proved || ctx.Retried() {
		// One sentence for an unknown user and a wrong password.
		p.Error = "That user name and password do not match."
	}
	return step.Ask(p)
}

func (s Step) answered(ctx *step.Context) step.Result {
	var kept change
	if err := ctx.ReadState(&kept); err != nil {
		return step.Fail("state", err.Error())
	}
	if kept.Username != "" {
		return s.chosen(ctx, kept)
	}
	name := ""
	if ctx.Subject == nil {
		name = strings.TrimSpace(ctx.Form["username"])
	}
	if ctx.Subject == nil && name == "" || ctx.Form["password"] == "" {
		p := s.page(ctx)
		p.Error = "Please fill in both."
		return step.Ask(p)
	}
	verified, err := capability.VerifyPassword(ctx, name, ctx.Form["password"])
	switch {
	case step.Status(err) == abi.LimitReached:
		p := s.page(ctx)
		p.Error = patience.TooManyTries(verified.RetryAfter)
		return step.Ask(p)
	case err != nil:
		return step.Failed(err)
	case verified.OK && verified.Change:
		if ctx.Subject != nil {
			name = ctx.Subject.Username
		}
		return change{Username: name}.ask("", "", "")
	case verified.OK:
		return step.Outcome("ok")
	}
	return step.Outcome("failed")
}

// page asks for the password, and for the user name when nobody is identified:
// what was typed before, or else the client's hint. Of who is identified the name
// is shown, so that a password manager knows whose password to fill in.
func (s Step) page(ctx *step.Context) abi.Prompt {
	name := abi.Field{Name: "username", Type: abi.Username, Label: "User name"}
	switch typed := ctx.Form["username"]; {
	case ctx.Subject != nil:
		name.Value, name.ReadOnly = ctx.Subject.Username, true
	case typed != "":
		name.Value = typed
	case ctx.Request.LoginHint != nil:
		name.Value = *ctx.Request.LoginHint
	}
	name.Required = !name.ReadOnly
	fields := []abi.Field{name, {Name: "password", Type: abi.Password, Label: "Password", Required: true}}
	return abi.Prompt{Title: s.Title, Text: s.Text, Fields: fields, Actions: []abi.Action{{Name: "submit", Label: "Sign in"}}}
}
