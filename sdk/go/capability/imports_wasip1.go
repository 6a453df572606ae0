package capability

import (
	"unsafe"

	"github.com/acrhost/acrhost/sdk/go/abi"
	"github.com/acrhost/acrhost/sdk/go/internal/guest"
)

// Each capability is two functions: the import as WebAssembly has it, and the
// step.Import that the package's own function names. No table lists them: what the
// linker can't reach, it must be able to leave out.

//go:wasmimport acrhost_cap_v1 user_identify
func importUserIdentify(ptr unsafe.Pointer, n uint32) uint32

func userIdentify(request []byte) (abi.Status, []byte) {
	status, answer := guest.Call(importUserIdentify, request)
	return abi.Status(status), answer
}

//go:wasmimport acrhost_cap_v1 password_verify
func importPasswordVerify(ptr unsafe.Pointer, n uint32) uint32

func passwordVerify(request []byte) (abi.Status, []byte) {
	status, answer := guest.Call(importPasswordVerify, request)
	return abi.Status(status), answer
}

//go:wasmimport acrhost_cap_v1 password_set
func importPasswordSet(ptr unsafe.Pointer, n uint32) uint32

func passwordSet(request []byte) (abi.Status, []byte) {
	status, answer := guest.Call(importPasswordSet, request)
	return abi.Status(status), answer
}

//go:wasmimport acrhost_cap_v1 otp_send
func importOtpSend(ptr unsafe.Pointer, n uint32) uint32

func otpSend(request []byte) (abi.Status, []byte) {
	status, answer := guest.Call(importOtpSend, request)
	return abi.Status(status), answer
}

//go:wasmimport acrhost_cap_v1 otp_verify
func importOtpVerify(ptr unsafe.Pointer, n uint32) uint32

func otpVerify(request []byte) (abi.Status, []byte) {
	status, answer := guest.Call(importOtpVerify, request)
	return abi.Status(status), answer
}

//go:wasmimport acrhost_cap_v1 http_fetch
func importHttpFetch(ptr unsafe.Pointer, n uint32) uint32

func httpFetch(request []byte) (abi.Status, []byte) {
	status, answer := guest.Call(importHttpFetch, request)
	return abi.Status(status), answer
}

//go:wasmimport acrhost_cap_v1 user_factors
func importUserFactors(ptr unsafe.Pointer, n uint32) uint32

func userFactors(request []byte) (abi.Status, []byte) {
	status, answer := guest.Call(importUserFactors, request)
	return abi.Status(status), answer
}

//go:wasmimport acrhost_cap_v1 passkey_login_options
func importPasskeyLoginOptions(ptr unsafe.Pointer, n uint32) uint32

func passkeyLoginOptions(request []byte) (abi.Status, []byte) {
	status, answer := guest.Call(importPasskeyLoginOptions, request)
	return abi.Status(status), answer
}

//go:wasmimport acrhost_cap_v1 passkey_login
func importPasskeyLogin(ptr unsafe.Pointer, n uint32) uint32

func passkeyLogin(request []byte) (abi.Status, []byte) {
	status, answer := guest.Call(importPasskeyLogin, request)
	return abi.Status(status), answer
}

//go:wasmimport acrhost_cap_v1 passkey_register_options
func importPasskeyRegisterOptions(ptr unsafe.Pointer, n uint32) uint32

func passkeyRegisterOptions(request []byte) (abi.Status, []byte) {
	status, answer := guest.Call(importPasskeyRegisterOptions, request)
	return abi.Status(status), answer
}

//go:wasmimport acrhost_cap_v1 passkey_register
func importPasskeyRegister(ptr unsafe.Pointer, n uint32) uint32

func passkeyRegister(request []byte) (abi.Status, []byte) {
	status, answer := guest.Call(importPasskeyRegister, request)
	return abi.Status(status), answer
}

//go:wasmimport acrhost_cap_v1 totp_verify
func importTotpVerify(ptr unsafe.Pointer, n uint32) uint32

func totpVerify(request []byte) (abi.Status, []byte) {
	status, answer := guest.Call(importTotpVerify, request)
	return abi.Status(status), answer
}

//go:wasmimport acrhost_cap_v1 totp_enroll
func importTotpEnroll(ptr unsafe.Pointer, n uint32) uint32

func totpEnroll(request []byte) (abi.Status, []byte) {
	status, answer := guest.Call(importTotpEnroll, request)
	return abi.Status(status), answer
}

//go:wasmimport acrhost_cap_v1 totp_confirm
func importTotpConfirm(ptr unsafe.Pointer, n uint32) uint32

func totpConfirm(request []byte) (abi.Status, []byte) {
	status, answer := guest.Call(importTotpConfirm, request)
	return abi.Status(status), answer
}

//go:wasmimport acrhost_cap_v1 recovery_verify
func importRecoveryVerify(ptr unsafe.Pointer, n uint32) uint32

func recoveryVerify(request []byte) (abi.Status, []byte) {
	status, answer := guest.Call(importRecoveryVerify, request)
	return abi.Status(status), answer
}

//go:wasmimport acrhost_cap_v1 recovery_generate
func importRecoveryGenerate(ptr unsafe.Pointer, n uint32) uint32

func recoveryGenerate(request []byte) (abi.Status, []byte) {
	status, answer := guest.Call(importRecoveryGenerate, request)
	return abi.Status(status), answer
}

//go:wasmimport acrhost_cap_v1 recovery_confirm
func importRecoveryConfirm(ptr unsafe.Pointer, n uint32) uint32

func recoveryConfirm(request []byte) (abi.Status, []byte) {
	status, answer := guest.Call(importRecoveryConfirm, request)
	return abi.Status(status), answer
}

//go:wasmimport acrhost_cap_v1 address_enroll
func importAddressEnroll(ptr unsafe.Pointer, n uint32) uint32

func addressEnroll(request []byte) (abi.Status, []byte) {
	status, answer := guest.Call(importAddressEnroll, request)
	return abi.Status(status), answer
}

//go:wasmimport acrhost_cap_v1 address_confirm
func importAddressConfirm(ptr unsafe.Pointer, n uint32) uint32

func addressConfirm(request []byte) (abi.Status, []byte) {
	status, answer := guest.Call(importAddressConfirm, request)
	return abi.Status(status), answer
}

//go:wasmimport acrhost_cap_v1 consent_check
func importConsentCheck(ptr unsafe.Pointer, n uint32) uint32

func consentCheck(request []byte) (abi.Status, []byte) {
	status, answer := guest.Call(importConsentCheck, request)
	return abi.Status(status), answer
}

//go:wasmimport acrhost_cap_v1 consent_give
func importConsentGive(ptr unsafe.Pointer, n uint32) uint32

func consentGive(request []byte) (abi.Status, []byte) {
	status, answer := guest.Call(importConsentGive, request)
	return abi.Status(status), answer
}

//go:wasmimport acrhost_cap_v1 upstream_begin
func importUpstreamBegin(ptr unsafe.Pointer, n uint32) uint32

func upstreamBegin(request []byte) (abi.Status, []byte) {
	status, answer := guest.Call(importUpstreamBegin, request)
	return abi.Status(status), answer
}

//go:wasmimport acrhost_cap_v1 upstream_finish
func importUpstreamFinish(ptr unsafe.Pointer, n uint32) uint32

func upstreamFinish(request []byte) (abi.Status, []byte) {
	status, answer := guest.Call(importUpstreamFinish, request)
	return abi.Status(status), answer
}
