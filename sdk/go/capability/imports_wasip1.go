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
