package capability

import (
	"github.com/acrhost/acrhost/sdk/go/abi"
	"github.com/acrhost/acrhost/sdk/go/step"
)

// SetPassword gives the run's subject the password that they chose, and records the
// evidence pwd. One that can't be had is no error: the answer says why. It is Denied
// unless the old password was verified in this very run.
func SetPassword(ctx *step.Context, password string) (abi.PasswordChosen, error) {
	var answer abi.PasswordChosen
	err := ctx.Invoke("password_set", passwordSet, abi.PasswordSet{Password: password}, &answer)
	return answer, err
}
