package enroll

import (
	"github.com/acrhost/acrhost/plugins/patience"
	"github.com/acrhost/acrhost/sdk/go/abi"
	"github.com/acrhost/acrhost/sdk/go/capability"
	"github.com/acrhost/acrhost/sdk/go/step"
)

func totp() factor {
	return factor{
		title: "Add an authenticator app",
		text:  "An authenticator app on your phone shows a new code every 30 seconds.",
		label: "Add this app",
		has:   func(f abi.UserFactors) bool { return f.TOTP > 0 },
		begin: func(_ Step, ctx *step.Context) error { return capability.EnrollTOTP(ctx) },
		fields: func(wrong string) []abi.Field {
			return []abi.Field{
				{Name: "app", Type: abi.TOTPCreate, Label: "1. Scan this code with the app."},
				{Name: "code", Type: abi.OTP, Label: "2. Type in the code that the app shows", Required: true, Error: wrong},
				{Name: "name", Type: abi.Text, Label: "Name of the app", Hint: "You can leave it empty."},
			}
		},
		finish: func(_ Step, ctx *step.Context) (string, error) {
			added, err := capability.ConfirmTOTP(ctx, ctx.Form["code"], ctx.Form["name"])
			if step.Status(err) == abi.LimitReached {
				return patience.TooManyTries(added.RetryAfter), nil
			}
			if err != nil || added.OK {
				return "", err
			}
			return "That is not the code of this app. Is the time on your phone right?", nil
		},
	}
}
