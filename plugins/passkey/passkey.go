// Package passkey is the step type passkey: sign in with a passkey, with or without
// a user name.
package passkey

import (
	"github.com/acrhost/acrhost/sdk/go/abi"
	"github.com/acrhost/acrhost/sdk/go/capability"
	"github.com/acrhost/acrhost/sdk/go/step"
)

// Step is the configuration of a passkey login.
type Step struct {
	Title            string        `json:"title" default:"Use your passkey" doc:"The page's title."`
	Text             string        `json:"text" default:"Your device will ask you to confirm that it is you." doc:"A sentence below the title."`
	UserVerification string        `json:"user_verification" enum:"required,preferred,discouraged" default:"required" doc:"Whether the device must verify its user by a PIN, a finger or a face (WebAuthn 5.8.6)."`
	MaxAge           step.Duration `json:"max_age" doc:"A passkey that was used no longer ago than this is not asked for again; absent: as long as the session's evidence counts."`
	Always           bool          `json:"always" doc:"Ask whatever was checked before."`
}

// Type is the step type.
func Type() step.Type {
	return step.Define[Step]("passkey", step.Description{
		Title:        "Sign in with a passkey",
		Outcomes:     []string{"ok", "failed", "unavailable"},
		Capabilities: []string{"passkey_login_options", "passkey_login"},
	})
}

const (
	method = "passkey" // of the evidence
	other  = "other"   // the action that leads away
	tries  = 3         // on one visit
)

// state counts what went wrong on this visit.
type state struct {
	Tries int `json:"tries"`
}

// Run passes without asking when a passkey was used and still counts.
func (s Step) Run(ctx *step.Context) step.Result {
	switch {
	case ctx.Form != nil:
		return s.answered(ctx)
	case !s.Always && ctx.Proved(method, s.MaxAge):
		return step.Outcome("ok")
	}
	return s.ask(ctx, state{}, "")
}

// ask begins a ceremony, each time a new one: a challenge is good for one answer.
func (s Step) ask(ctx *step.Context, kept state, wrong string) step.Result {
	err := capability.BeginPasskeyLogin(ctx, abi.PasskeyOptions{UserVerification: s.UserVerification})
	switch step.Status(err) {
	case abi.OK:
	case abi.NotFound:
		return step.Outcome("unavailable")
	default:
		return step.Failed(err)
	}
	return step.Ask(abi.Prompt{
		Title: s.Title, Text: s.Text, Error: wrong,
		Fields:  []abi.Field{{Name: "passkey", Type: abi.PasskeyGet, Required: true}},
		Actions: []abi.Action{{Name: "submit", Label: "Continue"}, {Name: other, Label: "Choose another way"}},
	}).WithState(kept)
}

func (s Step) answered(ctx *step.Context) step.Result {
	var kept state
	if err := ctx.ReadState(&kept); err != nil {
		return step.Fail("state", err.Error())
	}
	if ctx.Action != nil && *ctx.Action == other {
		return step.Outcome("failed")
	}
	verified, err := capability.LogInByPasskey(ctx, ctx.Form["passkey"])
	switch kept.Tries++; {
	case step.Status(err) == abi.NotFound:
		return step.Outcome("unavailable")
	case err != nil:
		return step.Failed(err)
	case verified.OK:
		return step.Outcome("ok")
	case kept.Tries < tries:
		return s.ask(ctx, kept, "That passkey was not accepted. Try again, or choose another way.")
	}
	return step.Outcome("failed")
}
