package enroll

import (
	"strings"

	"github.com/acrhost/acrhost/plugins/patience"
	"github.com/acrhost/acrhost/sdk/go/abi"
	"github.com/acrhost/acrhost/sdk/go/capability"
	"github.com/acrhost/acrhost/sdk/go/step"
)

// address is a phone number or an e-mail address: two pages, one that asks for it and
// one for the code that was sent there.
type address struct {
	channel, title, text, label, hint, wrong string
	field                                    abi.FieldType
	has                                      func(abi.UserFactors) bool
}

func phone() address {
	return address{
		channel: "sms", field: abi.Tel,
		title: "Add a phone number", text: "We send a code to it when you sign in.",
		label: "Phone number", hint: "With the code of its country, such as +15555550101.",
		wrong: "That is not a phone number with the code of its country.",
		has:   func(f abi.UserFactors) bool { return f.Phone },
	}
}

func email() address {
	return address{
		channel: "email", field: abi.Email,
		title: "Add an e-mail address", text: "We send codes and news about your account to it.",
		label: "E-mail address",
		wrong: "That is not an e-mail address.",
		has:   func(f abi.UserFactors) bool { return f.Email },
	}
}

// sent is the state while the user looks for the code: where it went, masked.
type sent struct {
	To string `json:"to"`
}

// change is the action that leads back to the address.
const change = "change"

func (s Step) runAddress(ctx *step.Context, a address) step.Result {
	if ctx.Form == nil {
		return s.askAddress(a, "", "")
	}
	var kept sent
	if err := ctx.ReadState(&kept); err != nil {
		return step.Fail("state", err.Error())
	}
	switch {
	case ctx.Action != nil && *ctx.Action == skip && s.Skippable:
		return step.Outcome("skipped")
	case ctx.Action != nil && *ctx.Action == change:
		return s.askAddress(a, "", "")
	case kept.To == "":
		return s.sendCode(ctx, a)
	}
	return s.confirm(ctx, a, kept)
}

func (s Step) sendCode(ctx *step.Context, a address) step.Result {
	typed := strings.TrimSpace(ctx.Form["address"])
	if a.channel == "sms" {
		typed = strings.NewReplacer(" ", "", "-", "", "(", "", ")", "", "/", "").Replace(typed)
	}
	to, err := capability.EnrollAddress(ctx, a.channel, typed)
	switch status := step.Status(err); {
	case status == abi.OK:
		return s.askCode(a, to.To, "")
	case status == abi.BadRequest:
		return s.askAddress(a, typed, a.wrong)
	case status == abi.LimitReached:
		return s.askAddress(a, typed, "It is too soon for another code. Please wait "+patience.For(to.RetryAfter)+".")
	case s.Skippable && (status == abi.Denied || status == abi.NotFound):
		return step.Outcome("skipped")
	}
	return step.Failed(err)
}

func (s Step) confirm(ctx *step.Context, a address, kept sent) step.Result {
	added, err := capability.ConfirmAddress(ctx, a.channel, ctx.Form["code"])
	switch status := step.Status(err); {
	case status == abi.OK && added.OK:
		return step.Outcome("ok")
	case status == abi.OK:
		return s.askCode(a, kept.To, "That code is not right. Try again, or have another one sent.")
	case status == abi.LimitReached:
		return s.askCode(a, kept.To, patience.TooManyTries(added.RetryAfter))
	case status == abi.BadRequest:
		return s.askAddress(a, "", "That took too long. Please begin again.")
	}
	return step.Failed(err)
}

func (s Step) askAddress(a address, typed, wrong string) step.Result {
	return step.Ask(s.worded(abi.Prompt{
		Title: a.title, Text: a.text,
		Fields:  []abi.Field{{Name: "address", Type: a.field, Label: a.label, Hint: a.hint, Value: typed, Required: true, Error: wrong}},
		Actions: []abi.Action{{Name: "submit", Label: "Send a code"}},
	}))
}

func (s Step) askCode(a address, to, wrong string) step.Result {
	p := s.worded(abi.Prompt{
		Title:   a.title,
		Fields:  []abi.Field{{Name: "code", Type: abi.OTP, Label: "Code", Required: true, Error: wrong}},
		Actions: []abi.Action{{Name: "submit", Label: "Add"}, {Name: change, Label: "Use another, or send again"}},
	})
	p.Text = "We sent a code to " + to + "."
	return step.Ask(p).WithState(sent{To: to})
}
