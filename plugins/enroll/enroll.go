// Package enroll is the step type enroll: the user adds something to prove
// themselves with, in the middle of a login. One file for each factor.
//
// The host decides whether what was verified so far is enough to add a factor; a
// user who may not gets the outcome skipped where the step can be skipped, and an
// error where it can't.
package enroll

import (
	"github.com/acrhost/acrhost/sdk/go/abi"
	"github.com/acrhost/acrhost/sdk/go/capability"
	"github.com/acrhost/acrhost/sdk/go/step"
)

// Step is the configuration of an enrolment.
type Step struct {
	Factor           string `json:"factor" schema:"required" enum:"passkey,totp,recovery-codes,phone,email,password" doc:"What is added."`
	Title            string `json:"title" doc:"The page's title; without it, one that names the factor."`
	Text             string `json:"text" doc:"A sentence below the title; without it, one that says what to do."`
	Skippable        bool   `json:"skippable" doc:"The user may go on without, to the outcome skipped."`
	UnlessEnrolled   bool   `json:"unless_enrolled" doc:"A user who has the factor already passes with ok, without proving it: ask for it in a step after this one."`
	UserVerification string `json:"user_verification" enum:"required,preferred,discouraged" default:"required" doc:"Of a passkey: whether the device must verify its user (WebAuthn 5.8.6)."`
}

// Type is the step type.
func Type() step.Type {
	return step.Define[Step]("enroll", step.Description{
		Title:    "Add a factor",
		Outcomes: []string{"ok", "skipped"},
		Capabilities: []string{
			"user_factors", "passkey_register_options", "passkey_register", "totp_enroll", "totp_confirm",
			"recovery_generate", "recovery_confirm", "address_enroll", "address_confirm",
			"password_verify", "password_set",
		},
	})
}

// factor is one thing that can be added on one page.
type factor struct {
	title, text string
	has         func(abi.UserFactors) bool
	begin       func(Step, *step.Context) error                  // before the page is shown
	fields      func(wrong string) []abi.Field                   // of the page
	finish      func(Step, *step.Context) (no string, err error) // no: what the user reads when it did not work
	label       string                                           // of the page's button
	again       bool                                             // what was begun is spent by one answer
}

func (s Step) factor() factor {
	switch s.Factor {
	case "totp":
		return totp()
	case "recovery-codes":
		return recoveryCodes()
	}
	return passkey()
}

// skip is the action that goes on without.
const skip = "skip"

// Run adds the factor.
func (s Step) Run(ctx *step.Context) step.Result {
	if ctx.Subject == nil {
		return step.Fail("no_subject", "nobody is identified who could add a factor: put a step that verifies the user before")
	}
	switch s.Factor {
	case "phone":
		return s.unless(ctx, phone().has, func() step.Result { return s.runAddress(ctx, phone()) })
	case "password":
		return s.unless(ctx, hasPassword, func() step.Result { return s.runPassword(ctx) })
	case "email":
		return s.unless(ctx, email().has, func() step.Result { return s.runAddress(ctx, email()) })
	}
	f := s.factor()
	return s.unless(ctx, f.has, func() step.Result { return s.run(ctx, f) })
}

// unless runs the step but for a user who has the factor already, where that is
// enough.
func (s Step) unless(ctx *step.Context, has func(abi.UserFactors) bool, run func() step.Result) step.Result {
	if !s.UnlessEnrolled || ctx.Form != nil {
		return run()
	}
	all, err := capability.UserFactors(ctx)
	switch {
	case err != nil:
		return step.Failed(err)
	case has(all):
		return step.Outcome("ok")
	}
	return run()
}

func (s Step) run(ctx *step.Context, f factor) step.Result {
	switch {
	case ctx.Form != nil:
		return s.answered(ctx, f)
	case !ctx.Call.Interactive:
		return s.page(f, "", "") // refused by the host: nobody is there
	}
	return s.begin(ctx, f, "")
}

func (s Step) begin(ctx *step.Context, f factor, notice string) step.Result {
	err := f.begin(s, ctx)
	switch status := step.Status(err); {
	case status == abi.OK:
		return s.page(f, notice, "")
	case s.Skippable && (status == abi.Denied || status == abi.NotFound || status == abi.LimitReached):
		return step.Outcome("skipped")
	}
	return step.Failed(err)
}

func (s Step) answered(ctx *step.Context, f factor) step.Result {
	if s.Skippable && ctx.Action != nil && *ctx.Action == skip {
		return step.Outcome("skipped")
	}
	no, err := f.finish(s, ctx)
	switch {
	case step.Status(err) == abi.BadRequest:
		return s.begin(ctx, f, "That took too long. Please begin again.")
	case err != nil:
		return step.Failed(err)
	case no == "":
		return step.Outcome("ok")
	case f.again:
		return s.begin(ctx, f, no)
	}
	return s.page(f, "", no)
}

func (s Step) page(f factor, notice, wrong string) step.Result {
	return step.Ask(s.worded(abi.Prompt{
		Title: f.title, Text: f.text, Error: notice, Fields: f.fields(wrong),
		Actions: []abi.Action{{Name: "submit", Label: f.label}},
	}))
}

// worded is a page with the operator's words, and a way past it where there is one.
func (s Step) worded(p abi.Prompt) abi.Prompt {
	if s.Title != "" {
		p.Title = s.Title
	}
	if s.Text != "" {
		p.Text = s.Text
	}
	if s.Skippable {
		p.Actions = append(p.Actions, abi.Action{Name: skip, Label: "Not now"})
	}
	return p
}
