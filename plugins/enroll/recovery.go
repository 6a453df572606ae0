package enroll

import (
	"github.com/acrhost/acrhost/sdk/go/abi"
	"github.com/acrhost/acrhost/sdk/go/capability"
	"github.com/acrhost/acrhost/sdk/go/step"
)

func recoveryCodes() factor {
	return factor{
		title: "Keep your recovery codes",
		text:  "Each of these codes signs you in once when nothing else is at hand. Print them or write them down, and keep them in a safe place. Codes that you had before stop working.",
		label: "I have kept them",
		has:   func(f abi.UserFactors) bool { return f.RecoveryCodes > 0 },
		begin: func(_ Step, ctx *step.Context) error { return capability.GenerateRecoveryCodes(ctx) },
		fields: func(string) []abi.Field {
			return []abi.Field{{Name: "codes", Type: abi.RecoveryCodes}}
		},
		finish: func(_ Step, ctx *step.Context) (string, error) { return "", capability.ConfirmRecoveryCodes(ctx) },
	}
}
