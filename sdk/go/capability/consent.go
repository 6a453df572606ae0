package capability

import (
	"github.com/acrhost/acrhost/sdk/go/abi"
	"github.com/acrhost/acrhost/sdk/go/step"
)

// HasConsent says whether the user need not be asked: they allowed the client all that it
// asks for before, or the client is the operator's own.
func HasConsent(ctx *step.Context) (bool, error) {
	var answer abi.Verified
	err := ctx.Invoke("consent_check", consentCheck, abi.ConsentCheck{}, &answer)
	return answer.OK, err
}

// GiveConsent tells the host that the user allowed the client what it asks for.
func GiveConsent(ctx *step.Context) error {
	return ctx.Invoke("consent_give", consentGive, abi.ConsentGive{}, &abi.Nothing{})
}
