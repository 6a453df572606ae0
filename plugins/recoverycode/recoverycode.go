// Package recoverycode is the step type recovery-code: one of the codes that a user
// kept for the day when nothing else is at hand.
package recoverycode

import (
	"fmt"

	"github.com/acrhost/acrhost/plugins/patience"
	"github.com/acrhost/acrhost/sdk/go/abi"
	"github.com/acrhost/acrhost/sdk/go/capability"
	"github.com/acrhost/acrhost/sdk/go/step"
)

// Step is the configuration of a recovery code.
type Step struct {
	Title  string        `json:"title" default:"Use a recovery code" doc:"The page's title."`
	Text   string        `json:"text" default:"Type in one of the recovery codes that you kept. Each counts once." doc:"A sentence below the title."`
	Few    int           `json:"few" schema:"min=0,max=10" default:"3" doc:"With no more codes left than this, the user is told so."`
	MaxAge step.Duration `json:"max_age" doc:"A code that was checked no longer ago than this is not asked for again; absent: as long as the session's evidence counts."`
	Always bool          `json:"always" doc:"Ask whatever was checked before."`
}

// Type is the step type.
func Type() step.Type {
	return step.Define[Step]("recovery-code", step.Description{
		Title:        "Check a recovery code",
		Outcomes:     []string{"ok", "failed"},
		Capabilities: []string{"recovery_verify"},
	})
}

// method is the evidence that a spent code leaves.
const method = "recovery"

// state says that a code was spent and the user reads how many are left.
type state struct {
	Spent bool `json:"spent"`
}

// Run passes without asking when a code was spent and still counts.
func (s Step) Run(ctx *step.Context) step.Result {
	switch {
	case ctx.Subject == nil:
		return step.Fail("no_subject", "nobody is identified who could have a code: put an identify or password step before")
	case ctx.Form != nil:
		return s.answered(ctx)
	case !s.Always && ctx.Proved(method, s.MaxAge):
		return step.Outcome("ok")
	case ctx.Retried():
		return s.ask("", "That code is not right, or it was used before.")
	}
	return s.ask("", "")
}

func (s Step) answered(ctx *step.Context) step.Result {
	var kept state
	if err := ctx.ReadState(&kept); err != nil {
		return step.Fail("state", err.Error())
	}
	if kept.Spent {
		return step.Outcome("ok")
	}
	verified, err := capability.VerifyRecoveryCode(ctx, ctx.Form["code"])
	switch step.Status(err) {
	case abi.OK:
	case abi.NotFound:
		return step.Outcome("failed") // nobody learns who has codes
	case abi.LimitReached:
		return s.ask(patience.TooManyTries(verified.RetryAfter), "")
	default:
		return step.Failed(err)
	}
	switch {
	case !verified.OK:
		return step.Outcome("failed")
	case verified.Left > s.Few:
		return step.Outcome("ok")
	}
	return remind(verified.Left)
}

// remind tells the user that codes run out, before it is too late.
func remind(left int) step.Result {
	text := fmt.Sprintf("You have %d recovery codes left. Make new ones on your account's page.", left)
	switch left {
	case 0:
		text = "That was your last recovery code. Make new ones on your account's page."
	case 1:
		text = "You have one recovery code left. Make new ones on your account's page."
	}
	return step.Ask(abi.Prompt{
		Title: "Recovery codes are running out", Text: text,
		Actions: []abi.Action{{Name: "submit", Label: "Continue"}},
	}).WithState(state{Spent: true})
}

// ask shows the page: notice above the field, wrong at it.
func (s Step) ask(notice, wrong string) step.Result {
	return step.Ask(abi.Prompt{
		Title: s.Title, Text: s.Text, Error: notice,
		Fields:  []abi.Field{{Name: "code", Type: abi.Text, Label: "Recovery code", Required: true, Error: wrong}},
		Actions: []abi.Action{{Name: "submit", Label: "Continue"}},
	})
}
