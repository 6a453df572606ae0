package enroll

import (
	"github.com/acrhost/acrhost/plugins/newpassword"
	"github.com/acrhost/acrhost/plugins/patience"
	"github.com/acrhost/acrhost/sdk/go/abi"
	"github.com/acrhost/acrhost/sdk/go/capability"
	"github.com/acrhost/acrhost/sdk/go/step"
)

// account is what the step keeps while a password is chosen: whether there is one to
// be typed in first.
type account struct {
	HasPassword bool `json:"has_password"`
}

func hasPassword(f abi.UserFactors) bool { return f.Password }

// runPassword changes the password, or adds a first one. The old one is asked for:
// whoever finds a browser open must not get the account by it.
func (s Step) runPassword(ctx *step.Context) step.Result {
	if ctx.Form == nil {
		has, err := capability.UserFactors(ctx)
		if err != nil {
			return step.Failed(err)
		}
		return s.askPassword(ctx, account{HasPassword: has.Password}, "", wrongPassword{})
	}
	if s.Skippable && ctx.Action != nil && *ctx.Action == skip {
		return step.Outcome("skipped")
	}
	var kept account
	if err := ctx.ReadState(&kept); err != nil {
		return step.Fail("state", err.Error())
	}
	if ctx.Form[newpassword.First] != ctx.Form[newpassword.Second] {
		return s.askPassword(ctx, kept, "", wrongPassword{again: newpassword.Differ})
	}
	if kept.HasPassword {
		verified, err := capability.VerifyPassword(ctx, "", ctx.Form["password"])
		switch {
		case step.Status(err) == abi.LimitReached:
			return s.askPassword(ctx, kept, patience.TooManyTries(verified.RetryAfter), wrongPassword{})
		case err != nil:
			return step.Failed(err)
		case !verified.OK:
			return s.askPassword(ctx, kept, "", wrongPassword{old: "That is not your password."})
		}
	}
	return s.setPassword(ctx, kept)
}

func (s Step) setPassword(ctx *step.Context, kept account) step.Result {
	set, err := capability.SetPassword(ctx, ctx.Form[newpassword.First])
	switch status := step.Status(err); {
	case status == abi.OK && set.OK:
		return step.Outcome("ok")
	case status == abi.OK:
		return s.askPassword(ctx, kept, "", wrongPassword{chosen: newpassword.Words(set.Reason)})
	case status == abi.LimitReached:
		return s.askPassword(ctx, kept, patience.TooManyTries(0), wrongPassword{})
	case status == abi.Denied && s.Skippable:
		return step.Outcome("skipped")
	}
	return step.Failed(err)
}

// wrongPassword is what stands at the fields.
type wrongPassword struct{ old, chosen, again string }

func (s Step) askPassword(ctx *step.Context, kept account, notice string, wrong wrongPassword) step.Result {
	fields := []abi.Field{{Name: "username", Type: abi.Username, Label: "User name", Value: ctx.Subject.Username, ReadOnly: true}}
	title := "Choose a password"
	if kept.HasPassword {
		title = "Change your password"
		fields = append(fields, abi.Field{Name: "password", Type: abi.Password, Label: "Current password", Required: true, Error: wrong.old})
	}
	return step.Ask(s.worded(abi.Prompt{
		Title: title, Error: notice,
		Fields:  append(fields, newpassword.Fields(wrong.chosen, wrong.again)...),
		Actions: []abi.Action{{Name: "submit", Label: title}},
	})).WithState(kept)
}
