package capability

import (
	"github.com/acrhost/acrhost/sdk/go/abi"
	"github.com/acrhost/acrhost/sdk/go/step"
)

// VerifyRecoveryCode spends one of the subject's recovery codes and records the
// evidence recovery.
func VerifyRecoveryCode(ctx *step.Context, code string) (abi.RecoveryVerified, error) {
	var answer abi.RecoveryVerified
	err := ctx.Invoke("recovery_verify", recoveryVerify, abi.CodeCheck{Code: code}, &answer)
	return answer, err
}

// GenerateRecoveryCodes makes ten codes for the run's subject: a field of the type
// recovery_codes shows them. They replace the ones before at ConfirmRecoveryCodes.
func GenerateRecoveryCodes(ctx *step.Context) error {
	return ctx.Invoke("recovery_generate", recoveryGenerate, abi.Nothing{}, &abi.Nothing{})
}

// ConfirmRecoveryCodes makes the generated codes count: the user says that they are
// kept.
func ConfirmRecoveryCodes(ctx *step.Context) error {
	return ctx.Invoke("recovery_confirm", recoveryConfirm, abi.Nothing{}, &abi.Nothing{})
}
