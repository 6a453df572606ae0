package capability

import (
	"github.com/acrhost/acrhost/sdk/go/abi"
	"github.com/acrhost/acrhost/sdk/go/step"
)

// BeginPasskeyLogin begins a WebAuthn authentication: a field of the type passkey_get
// on the page that the step shows next gets its options from the host. NotFound: the
// run's subject has no passkey, or this host can use none.
func BeginPasskeyLogin(ctx *step.Context, request abi.PasskeyOptions) error {
	return ctx.Invoke("passkey_login_options", passkeyLoginOptions, request, &abi.Nothing{})
}

// LogInByPasskey checks what the field came back with. A right answer records the
// evidence passkey, and makes the passkey's owner the subject when there is none.
func LogInByPasskey(ctx *step.Context, response string) (abi.Verified, error) {
	var answer abi.Verified
	err := ctx.Invoke("passkey_login", passkeyLogin, abi.PasskeyResponse{Response: response}, &answer)
	return answer, err
}

// BeginPasskeyRegistration begins a WebAuthn registration for the run's subject: a
// field of the type passkey_create gets its options from the host. Denied: what was
// verified in this login is too weak, or too old, to add a factor.
func BeginPasskeyRegistration(ctx *step.Context, request abi.PasskeyOptions) error {
	return ctx.Invoke("passkey_register_options", passkeyRegisterOptions, request, &abi.Nothing{})
}

// RegisterPasskey keeps the passkey that the field came back with. It records the
// evidence passkey: the user has just used it.
func RegisterPasskey(ctx *step.Context, response, name string) (abi.Verified, error) {
	var answer abi.Verified
	err := ctx.Invoke("passkey_register", passkeyRegister, abi.PasskeyResponse{Response: response, Name: name}, &answer)
	return answer, err
}
