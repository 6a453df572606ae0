package capability

import (
	"github.com/acrhost/acrhost/sdk/go/abi"
	"github.com/acrhost/acrhost/sdk/go/step"
)

// SendOTP sends the run's subject a one-time code, which replaces the one before.
// NotFound: the subject has no such address. LimitReached: too soon after the last
// one, which is still good, or too many. Denied also where nothing may reach the
// user, as under prompt=none.
func SendOTP(ctx *step.Context, request abi.OTPSend) (abi.OTPSent, error) {
	var answer abi.OTPSent
	err := ctx.Invoke("otp_send", otpSend, request, &answer)
	return answer, err
}
