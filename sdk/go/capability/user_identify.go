package capability

import (
	"github.com/acrhost/acrhost/sdk/go/abi"
	"github.com/acrhost/acrhost/sdk/go/step"
)

// IdentifyUser makes the user with this name the subject of the run. It proves
// nothing. NotFound: there is no such user, and the subject is as before.
func IdentifyUser(ctx *step.Context, username string) (abi.Subject, error) {
	var answer abi.UserIdentified
	err := ctx.Invoke("user_identify", userIdentify, abi.UserIdentify{Username: username}, &answer)
	return answer.Subject, err
}
