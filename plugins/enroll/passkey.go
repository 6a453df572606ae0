package enroll

import (
	"github.com/acrhost/acrhost/sdk/go/abi"
	"github.com/acrhost/acrhost/sdk/go/capability"
	"github.com/acrhost/acrhost/sdk/go/step"
)

func passkey() factor {
	return factor{
		title: "Add a passkey",
		text:  "With a passkey you sign in by your finger, your face or your device’s PIN. Your device keeps it.",
		label: "Add a passkey",
		has:   func(f abi.UserFactors) bool { return f.Passkeys > 0 },
		again: true, // a challenge is good for one answer
		begin: func(s Step, ctx *step.Context) error {
			return capability.BeginPasskeyRegistration(ctx, abi.PasskeyOptions{UserVerification: s.UserVerification})
		},
		fields: func(string) []abi.Field {
			return []abi.Field{
				{Name: "passkey", Type: abi.PasskeyCreate, Required: true},
				{Name: "name", Type: abi.Text, Label: "Name", Hint: "To tell it from others, such as “Phone” or “Blue key”. You can leave it empty."},
			}
		},
		finish: func(_ Step, ctx *step.Context) (string, error) {
			added, err := capability.RegisterPasskey(ctx, ctx.Form["passkey"], ctx.Form["name"])
			if err != nil || added.OK {
				return "", err
			}
			return "That passkey was not accepted. Please try again.", nil
		},
	}
}
