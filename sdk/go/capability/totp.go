package capability

import (
	"github.com/acrhost/acrhost/sdk/go/abi"
	"github.com/acrhost/acrhost/sdk/go/step"
)

// VerifyTOTP checks a code of the subject's authenticator app and records the
// evidence totp. Each code counts once. NotFound: the subject has no such app.
func VerifyTOTP(ctx *step.Context, code string) (abi.Verified, error) {
	var answer abi.Verified
	err := ctx.Invoke("totp_verify", totpVerify, abi.CodeCheck{Code: code}, &answer)
	return answer, err
}

// EnrollTOTP makes a secret for an authenticator app of the run's subject: a field
// of the type totp_create shows it. It counts once ConfirmTOTP took a code of it.
func EnrollTOTP(ctx *step.Context) error {
	return ctx.Invoke("totp_enroll", totpEnroll, abi.Nothing{}, &abi.Nothing{})
}

// ConfirmTOTP checks the first code of the new app, keeps the app, and records the
// evidence totp.
func ConfirmTOTP(ctx *step.Context, code, name string) (abi.Verified, error) {
	var answer abi.Verified
	err := ctx.Invoke("totp_confirm", totpConfirm, abi.CodeCheck{Code: code, Name: name}, &answer)
	return answer, err
}
