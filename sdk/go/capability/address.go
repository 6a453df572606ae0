package capability

import (
	"github.com/acrhost/acrhost/sdk/go/abi"
	"github.com/acrhost/acrhost/sdk/go/step"
)

// EnrollAddress sends a code to a phone number (sms) or an e-mail address (email)
// that the run's subject wants to add. BadRequest: that is no such address.
func EnrollAddress(ctx *step.Context, channel, address string) (abi.OTPSent, error) {
	var answer abi.OTPSent
	err := ctx.Invoke("address_enroll", addressEnroll, abi.AddressEnroll{Channel: channel, Address: address}, &answer)
	return answer, err
}

// ConfirmAddress checks the code that EnrollAddress sent, keeps the address, and
// records the evidence sms or email.
func ConfirmAddress(ctx *step.Context, channel, code string) (abi.Verified, error) {
	var answer abi.Verified
	err := ctx.Invoke("address_confirm", addressConfirm, abi.OTPVerify{Channel: channel, Code: code}, &answer)
	return answer, err
}
