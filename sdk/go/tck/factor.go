package main

import (
	"github.com/acrhost/acrhost/sdk/go/abi"
	"github.com/acrhost/acrhost/sdk/go/capability"
	"github.com/acrhost/acrhost/sdk/go/step"
)

// Factor is a capability to call, and what to call it with.
type Factor struct {
	Call             string `json:"call" schema:"required" doc:"The capability."`
	Value            string `json:"value" default:"" doc:"The password, code, response or address."`
	Channel          string `json:"channel" default:"sms" doc:"The way to an address."`
	Username         string `json:"username" doc:"Whose password."`
	Name             string `json:"name" doc:"What the owner knows the new factor by."`
	UserVerification string `json:"user_verification" doc:"Of a passkey."`
}

// Run calls the capability and tells what it answered.
func (f Factor) Run(ctx *step.Context) step.Result {
	told, err := f.call(ctx)
	if err != nil {
		return step.Outcome("refused").WithVar("status", int(step.Status(err)))
	}
	result := step.Outcome("ok")
	for name, value := range told {
		result = result.WithVar(name, value)
	}
	return result
}

type told = map[string]any

func (f Factor) call(ctx *step.Context) (told, error) {
	switch f.Call {
	case "password_verify":
		a, err := capability.VerifyPassword(ctx, f.Username, f.Value)
		return told{"ok": a.OK, "change": a.Change, "retry_after": a.RetryAfter}, err
	case "password_set":
		a, err := capability.SetPassword(ctx, f.Value)
		return told{"ok": a.OK, "reason": string(a.Reason)}, err
	case "totp_verify":
		a, err := capability.VerifyTOTP(ctx, f.Value)
		return told{"ok": a.OK, "retry_after": a.RetryAfter}, err
	case "recovery_verify":
		a, err := capability.VerifyRecoveryCode(ctx, f.Value)
		return told{"ok": a.OK, "left": a.Left, "retry_after": a.RetryAfter}, err
	case "address_enroll":
		a, err := capability.EnrollAddress(ctx, f.Channel, f.Value)
		return told{"to": a.To}, err
	case "passkey_login":
		return yes(capability.LogInByPasskey(ctx, f.Value))
	case "passkey_register":
		return yes(capability.RegisterPasskey(ctx, f.Value, f.Name))
	case "totp_confirm":
		return yes(capability.ConfirmTOTP(ctx, f.Value, f.Name))
	case "address_confirm":
		return yes(capability.ConfirmAddress(ctx, f.Channel, f.Value))
	case "consent_check":
		ok, err := capability.HasConsent(ctx)
		return told{"ok": ok}, err
	}
	return nil, f.begin(ctx)
}

func yes(a abi.Verified, err error) (told, error) { return told{"ok": a.OK}, err }

// begin calls a capability that has nothing to say.
func (f Factor) begin(ctx *step.Context) error {
	options := abi.PasskeyOptions{UserVerification: f.UserVerification}
	switch f.Call {
	case "passkey_login_options":
		return capability.BeginPasskeyLogin(ctx, options)
	case "passkey_register_options":
		return capability.BeginPasskeyRegistration(ctx, options)
	case "totp_enroll":
		return capability.EnrollTOTP(ctx)
	case "recovery_generate":
		return capability.GenerateRecoveryCodes(ctx)
	case "recovery_confirm":
		return capability.ConfirmRecoveryCodes(ctx)
	default: // consent_give
		return capability.GiveConsent(ctx)
	}
}
