package capability

import (
	"github.com/acrhost/acrhost/sdk/go/abi"
	"github.com/acrhost/acrhost/sdk/go/step"
)

// VerifyPassword checks a password: of the user with this name, or, when the name
// is empty, of the run's subject. A right one makes the user the subject and
// records the evidence pwd, unless the answer says Change: then only SetPassword
// does. An unknown user and a wrong password are the same
// answer: not OK, without an error.
func VerifyPassword(ctx *step.Context, username, password string) (abi.Verified, error) {
	var answer abi.Verified
	err := ctx.Invoke("password_verify", passwordVerify, abi.PasswordVerify{Username: username, Password: password}, &answer)
	return answer, err
}
