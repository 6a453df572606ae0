// Package otp is the step type otp: a one-time code by SMS or e-mail.
package otp

import (
	"strings"

	"github.com/acrhost/acrhost/plugins/patience"
	"github.com/acrhost/acrhost/sdk/go/abi"
	"github.com/acrhost/acrhost/sdk/go/capability"
	"github.com/acrhost/acrhost/sdk/go/step"
)

// Step is the configuration of a one-time code.
type Step struct {
	Channel string        `json:"channel" schema:"required" enum:"sms,email" doc:"How the code reaches the user."`
	Title   string        `json:"title" default:"Enter your code" doc:"The page's title."`
	Length  int           `json:"length" schema:"min=6,max=10" default:"6" doc:"How many digits the code has."`
	TTL     Lifetime      `json:"ttl" default:"5m" doc:"How long a code is good: 30s to 600s, or 1m to 10m."`
	Text    string        `json:"text" schema:"max=1000" pattern:"\\{code\\}" doc:"The message; {code} stands for the code."`
	MaxAge  step.Duration `json:"max_age" doc:"A code that was checked no longer ago than this is not asked for again; absent: as long as the session's evidence counts."`
	Always  bool          `json:"always" doc:"Ask whatever was checked before."`
}

// Type is the step type.
func Type() step.Type {
	return step.Define[Step]("otp", step.Description{
		Title:        "Send a one-time code and check it",
		Outcomes:     []string{"ok", "failed", "unavailable"},
		Capabilities: []string{"otp_send", "otp_verify"},
	})
}

// state is what the step keeps while the user looks for the code: the masked
// address, if it is known.
func state(to string) map[string]string {
	if to == "" {
		return map[string]string{}
	}
	return map[string]string{"to": to}
}

// resend is the action that asks for another code.
const resend = "resend"

// Run passes without sending when a code of this channel was checked and still
// counts.
func (s Step) Run(ctx *step.Context) step.Result {
	switch {
	case ctx.Subject == nil:
		return step.Fail("no_subject", "nobody is identified who could get a code: put an identify or password step before")
	case ctx.Form != nil:
		return s.answered(ctx)
	case !s.Always && ctx.Proved(s.Channel, s.MaxAge):
		return step.Outcome("ok")
	case !ctx.Call.Interactive:
		return s.ask("", "", "") // refused by the host: nobody is there to read a code
	case ctx.Retried():
		// The code that was sent is still good. A new one for each slip of the finger
		// would cost, and the old one would stop working in the user's hand.
		return s.ask("", "", "That code is not right.")
	}
	return s.send(ctx, "")
}

// send sends a code and asks for it. When it is too soon for another, the one
// before, if there is one, is still good, and asked for.
func (s Step) send(ctx *step.Context, to string) step.Result {
	sent, err := capability.SendOTP(ctx, abi.OTPSend{
		Channel: s.Channel, Length: s.Length, TTL: step.Duration(s.TTL).Seconds(), Text: s.Text,
	})
	switch step.Status(err) {
	case abi.OK:
		return s.ask(sent.To, "", "")
	case abi.NotFound:
		return step.Outcome("unavailable")
	case abi.LimitReached:
		return s.ask(to, tooSoon(to, sent.RetryAfter), "")
	}
	return step.Failed(err)
}

// tooSoon tells of the last code only whom one was sent here: the code of another login is
// worth nothing in this one.
func tooSoon(to string, seconds int64) string {
	if to == "" {
		return "It is too soon for another code. Please wait " + patience.For(seconds) + ", then have one sent."
	}
	return "It is too soon for another code. Please use the last one, or wait " + patience.For(seconds) + "."
}

func (s Step) answered(ctx *step.Context) step.Result {
	var kept map[string]string
	if err := ctx.ReadState(&kept); err != nil {
		return step.Fail("state", err.Error())
	}
	if ctx.Action != nil && *ctx.Action == resend {
		return s.send(ctx, kept["to"])
	}
	code := strings.TrimSpace(ctx.Form["code"])
	if code == "" {
		return s.ask(kept["to"], "", "Please enter the code.")
	}
	verified, err := capability.VerifyOTP(ctx, s.Channel, code)
	switch {
	case step.Status(err) == abi.LimitReached:
		return s.ask(kept["to"], patience.TooManyTries(verified.RetryAfter), "")
	case err != nil:
		return step.Failed(err)
	case verified.OK:
		return step.Outcome("ok")
	}
	return step.Outcome("failed")
}

// ask shows the page: wrong stands at the field, notice above it.
func (s Step) ask(to string, notice, wrong string) step.Result {
	return step.Ask(abi.Prompt{
		Title: s.Title, Text: s.where(to), Error: notice,
		Fields:  []abi.Field{{Name: "code", Type: abi.OTP, Label: "Code", Required: true, Error: wrong}},
		Actions: []abi.Action{{Name: "submit", Label: "Continue"}, {Name: resend, Label: "Send another code"}},
	}).WithState(state(to))
}

// where tells the user where to look. The address is masked by the host.
func (s Step) where(to string) string {
	medium := "a text message"
	if s.Channel == "email" {
		medium = "an e-mail"
	}
	if to == "" {
		return "The code comes in " + medium + "." // perhaps it was too soon for one
	}
	return "We sent a code in " + medium + " to " + to + "."
}
