// Package totp is the step type totp: a code of an authenticator app.
package totp

import (
	"strings"

	"github.com/acrhost/acrhost/plugins/patience"
	"github.com/acrhost/acrhost/sdk/go/abi"
	"github.com/acrhost/acrhost/sdk/go/capability"
	"github.com/acrhost/acrhost/sdk/go/step"
)

// Step is the configuration of a code.
type Step struct {
	Title  string        `json:"title" default:"Enter a code" doc:"The page's title."`
	Text   string        `json:"text" default:"Open your authenticator app and type in the code that it shows." doc:"A sentence below the title."`
	MaxAge step.Duration `json:"max_age" doc:"A code that was checked no longer ago than this is not asked for again; absent: as long as the session's evidence counts."`
	Always bool          `json:"always" doc:"Ask whatever was checked before."`
}

// Type is the step type.
func Type() step.Type {
	return step.Define[Step]("totp", step.Description{
		Title:        "Check a code of an authenticator app",
		Outcomes:     []string{"ok", "failed", "unavailable"},
		Capabilities: []string{"user_factors", "totp_verify"},
	})
}

// method is the evidence that a checked code leaves.
const method = "totp"

// Run passes without asking when a code was checked and still counts.
func (s Step) Run(ctx *step.Context) step.Result {
	switch {
	case ctx.Subject == nil:
		return step.Fail("no_subject", "nobody is identified who could have an app: put an identify or password step before")
	case ctx.Form != nil:
		return s.answered(ctx)
	case !s.Always && ctx.Proved(method, s.MaxAge):
		return step.Outcome("ok")
	}
	has, err := capability.UserFactors(ctx)
	switch {
	case err != nil:
		return step.Failed(err)
	case has.TOTP == 0:
		return step.Outcome("unavailable")
	case ctx.Retried():
		return s.ask("", "That code is not right. Each code counts once: wait for the next one if you have used it.")
	}
	return s.ask("", "")
}

func (s Step) answered(ctx *step.Context) step.Result {
	verified, err := capability.VerifyTOTP(ctx, strings.TrimSpace(ctx.Form["code"]))
	switch step.Status(err) {
	case abi.OK:
	case abi.NotFound:
		return step.Outcome("unavailable")
	case abi.LimitReached:
		return s.ask(patience.TooManyTries(verified.RetryAfter), "")
	default:
		return step.Failed(err)
	}
	if verified.OK {
		return step.Outcome("ok")
	}
	return step.Outcome("failed")
}

// ask shows the page: notice above the field, wrong at it.
func (s Step) ask(notice, wrong string) step.Result {
	return step.Ask(abi.Prompt{
		Title: s.Title, Text: s.Text, Error: notice,
		Fields:  []abi.Field{{Name: "code", Type: abi.OTP, Label: "Code", Required: true, Error: wrong}},
		Actions: []abi.Action{{Name: "submit", Label: "Continue"}},
	})
}
