package main

import (
	"github.com/acrhost/acrhost/sdk/go/abi"
	"github.com/acrhost/acrhost/sdk/go/step"
)

// Prompt has no configuration.
type Prompt struct{}

// Kept is the state between a prompt and its answer.
type Kept struct {
	Round int    `json:"round"`
	Note  string `json:"note"`
}

// Run asks with all that a prompt can have, then with little, as often as it is told.
func (Prompt) Run(ctx *step.Context) step.Result {
	if ctx.Form == nil {
		return step.Ask(allFields()).WithState(Kept{Round: 1, Note: "é"})
	}
	var kept Kept
	if err := ctx.ReadState(&kept); err != nil {
		return step.Fail("state", err.Error())
	}
	if ctx.Action != nil && *ctx.Action == "again" {
		kept.Round++
		return step.Ask(abi.Prompt{
			Error:  "Once more.",
			Fields: []abi.Field{{Name: "text", Type: abi.Text}},
		}).WithState(kept)
	}
	return step.Outcome("ok").
		WithVar("form", ctx.Form).
		WithVar("action", ctx.Action).
		WithVar("round", kept.Round).
		WithVar("note", kept.Note).
		WithVar("otp", ctx.Form["otp"])
}

func allFields() abi.Prompt {
	options := []abi.Option{{Value: "a", Label: "A"}, {Value: "b"}}
	fields := []abi.Field{
		{Name: "text", Type: abi.Text, Label: "Text", Hint: "A hint", Error: "Not this", Value: "välue", ReadOnly: true},
		plain(abi.Username), required(abi.Password), plain(abi.NewPassword), required(abi.OTP), plain(abi.Email), plain(abi.Tel),
		{Name: "select", Type: abi.Select, Label: "Select", Value: "b", Options: options},
		{Name: "radio", Type: abi.Radio, Label: "radio", Options: options},
		plain(abi.Checkbox), plain(abi.Hidden), plain(abi.Info),
		plain(abi.PasskeyGet), plain(abi.PasskeyCreate), plain(abi.TOTPCreate), plain(abi.RecoveryCodes),
	}
	return abi.Prompt{
		Title: "All fields", Text: "Two\nlines, \"quoted\" <b>not bold</b>.", Error: "Something was wrong.",
		Fields: fields, Actions: []abi.Action{{Name: "submit", Label: "Continue"}, {Name: "again"}},
	}
}

func plain(t abi.FieldType) abi.Field {
	return abi.Field{Name: string(t), Type: t, Label: string(t)}
}

func required(t abi.FieldType) abi.Field {
	f := plain(t)
	f.Required = true
	return f
}
