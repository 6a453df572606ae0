package capability

import (
	"github.com/acrhost/acrhost/sdk/go/abi"
	"github.com/acrhost/acrhost/sdk/go/step"
)

// UserFactors says what the run's subject can prove themselves with.
func UserFactors(ctx *step.Context) (abi.UserFactors, error) {
	var answer abi.UserFactors
	err := ctx.Invoke("user_factors", userFactors, abi.Nothing{}, &answer)
	return answer, err
}
