//go:build !wasip1

package capability

import "github.com/acrhost/acrhost/sdk/go/abi"

// Without WebAssembly no host is linked, so each capability is denied. A test's
// double answers before these are reached.

func userIdentify([]byte) (abi.Status, []byte) { return abi.Denied, nil }

func passwordVerify([]byte) (abi.Status, []byte) { return abi.Denied, nil }

func otpSend([]byte) (abi.Status, []byte) { return abi.Denied, nil }

func otpVerify([]byte) (abi.Status, []byte) { return abi.Denied, nil }

func httpFetch([]byte) (abi.Status, []byte) { return abi.Denied, nil }
