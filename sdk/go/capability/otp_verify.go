package capability

import (
	"github.com/acrhost/acrhost/sdk/go/abi"
	"github.com/acrhost/acrhost/sdk/go/step"
)

// VerifyOTP checks the code that this run sent last by a channel. A right one
// records the channel as evidence, once. A wrong, an old and a used-up code are
// the same answer: not OK, without an error.
func VerifyOTP(ctx *step.Context, channel, code string) (abi.Verified, error) {
	var answer abi.Verified
	err := ctx.Invoke("otp_verify", otpVerify, abi.OTPVerify{Channel: channel, Code: code}, &answer)
	return answer, err
}
