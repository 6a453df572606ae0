//go:build !wasip1

package capability

import "github.com/acrhost/acrhost/sdk/go/abi"

// Without WebAssembly no host is linked, so each capability is denied. A test's
// double answers before these are reached.

func userIdentify([]byte) (abi.Status, []byte) { return abi.Denied, nil }

func passwordVerify([]byte) (abi.Status, []byte) { return abi.Denied, nil }

func passwordSet([]byte) (abi.Status, []byte) { return abi.Denied, nil }

func otpSend([]byte) (abi.Status, []byte) { return abi.Denied, nil }

func otpVerify([]byte) (abi.Status, []byte) { return abi.Denied, nil }

func httpFetch([]byte) (abi.Status, []byte) { return abi.Denied, nil }

func userFactors([]byte) (abi.Status, []byte) { return abi.Denied, nil }

func passkeyLoginOptions([]byte) (abi.Status, []byte) { return abi.Denied, nil }

func passkeyLogin([]byte) (abi.Status, []byte) { return abi.Denied, nil }

func passkeyRegisterOptions([]byte) (abi.Status, []byte) { return abi.Denied, nil }

func passkeyRegister([]byte) (abi.Status, []byte) { return abi.Denied, nil }

func totpVerify([]byte) (abi.Status, []byte) { return abi.Denied, nil }

func totpEnroll([]byte) (abi.Status, []byte) { return abi.Denied, nil }

func totpConfirm([]byte) (abi.Status, []byte) { return abi.Denied, nil }

func recoveryVerify([]byte) (abi.Status, []byte) { return abi.Denied, nil }

func recoveryGenerate([]byte) (abi.Status, []byte) { return abi.Denied, nil }

func recoveryConfirm([]byte) (abi.Status, []byte) { return abi.Denied, nil }

func addressEnroll([]byte) (abi.Status, []byte) { return abi.Denied, nil }

func addressConfirm([]byte) (abi.Status, []byte) { return abi.Denied, nil }

func consentCheck([]byte) (abi.Status, []byte) { return abi.Denied, nil }

func consentGive([]byte) (abi.Status, []byte) { return abi.Denied, nil }

func upstreamBegin([]byte) (abi.Status, []byte) { return abi.Denied, nil }

func upstreamFinish([]byte) (abi.Status, []byte) { return abi.Denied, nil }
