package capability

import (
	"context"
	"maps"
	"slices"

	"github.com/go-json-experiment/json"
)

// handler answers one request of a guest.
type handler func(ctx context.Context, c *Call, request []byte) ([]byte, error)

// table is the list of all capabilities, by the name of the guest's import.
func table() map[string]handler {
	return map[string]handler{
		"user_identify":   typed((*Call).userIdentify),
		"password_verify": typed((*Call).passwordVerify),
		"password_set":    typed((*Call).passwordSet),
		"otp_send":        typed((*Call).otpSend),
		"otp_verify":      typed((*Call).otpVerify),
		"http_fetch":      typed((*Call).httpFetch),

		"consent_check":            typed((*Call).consentCheck),
		ConsentGive:                typed((*Call).consentGive),
		"user_factors":             typed((*Call).userFactors),
		"passkey_login_options":    typed((*Call).passkeyLoginOptions),
		"passkey_login":            typed((*Call).passkeyLogin),
		"passkey_register_options": typed((*Call).passkeyRegisterOptions),
		"passkey_register":         typed((*Call).passkeyRegister),
		"totp_verify":              typed((*Call).totpVerify),
		"totp_enroll":              typed((*Call).totpEnroll),
		"totp_confirm":             typed((*Call).totpConfirm),
		"recovery_verify":          typed((*Call).recoveryVerify),
		"recovery_generate":        typed((*Call).recoveryGenerate),
		"recovery_confirm":         typed((*Call).recoveryConfirm),
		"address_enroll":           typed((*Call).addressEnroll),
		"address_confirm":          typed((*Call).addressConfirm),
		"upstream_begin":           typed((*Call).upstreamBegin),
		UpstreamFinish:             typed((*Call).upstreamFinish),
	}
}

// Names are the names of all capabilities, sorted. A module that imports any
// other is refused when it is loaded.
func Names() []string { return slices.Sorted(maps.Keys(table())) }

// Untimed are the capabilities that wait for somebody else: a server, or a turn
// to hash a password. Their time is not the guest's; each bounds itself.
func Untimed() []string {
	return []string{
		"http_fetch", "otp_send", "password_verify", "password_set", "upstream_begin", "upstream_finish",
		// These tell the user of the change.
		"passkey_register", "totp_confirm", "recovery_confirm", "recovery_verify", "address_enroll", "address_confirm",
	}
}

// typed wraps a capability in its documents. A request is decoded strictly, though it was
// held to the contract before: duplicates, wrong case and bad UTF-8 are refused, for what
// the host guesses at is what an attacker plays with.
func typed[Request, Answer any](do func(*Call, context.Context, Request) (Answer, error)) handler {
	return func(ctx context.Context, c *Call, document []byte) ([]byte, error) {
		var request Request
		if json.Unmarshal(document, &request, json.RejectUnknownMembers(true)) != nil {
			// The decoder's own words may quote a password: they go nowhere.
			return nil, badRequest("the request is not the capability's document")
		}
		answer, err := do(c, ctx, request)
		if err != nil {
			return nil, err
		}
		return json.Marshal(answer)
	}
}
