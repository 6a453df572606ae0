package capability

import (
	"github.com/acrhost/acrhost/sdk/go/abi"
	"github.com/acrhost/acrhost/sdk/go/step"
)

// GiveConsent tells the host that the user allowed the client what it asks for.
func GiveConsent(ctx *step.Context) error {
	return ctx.Invoke("consent_give", consentGive, abi.ConsentGive{}, &abi.Nothing{})
}
