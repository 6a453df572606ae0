// Package mapclaims is the step type map-claims: it maps attributes that another
// provider gave of the user to acr and amr.
package mapclaims

import (
	"slices"

	"github.com/acrhost/acrhost/sdk/go/abi"
	"github.com/acrhost/acrhost/sdk/go/step"
)

// Step is the configuration of a mapping.
type Step struct {
	Provider string `json:"provider" doc:"The provider whose claims are read, as in [upstream.NAME]; absent: rules can't name claims."`
	ACR      Rules  `json:"acr" doc:"The rules for acr, in order: the first that fits sets it. None fits: it stays as it is."`
	AMR      Rules  `json:"amr" doc:"The rules for amr: every one that fits adds a value. What a step sets takes the place of the provider's static amr."`
}

// Type is the step type.
func Type() step.Type {
	return step.Define[Step]("map-claims", step.Description{
		Title:    "Map claims of another provider to acr and amr",
		Outcomes: []string{"ok"},
		Reads:    []string{"upstream"},
		Writes: abi.Writes{
			ACRFrom: []string{"/acr/*/value", "/acr/*/map/*", "/acr/*/as_is"}, // as it is: any value
			AMR:     []string{"*"},
		},
	})
}

// Run sets what the rules say. Claims that are not there are a step error, not an empty
// mapping: the journey took a way past the login that brings them.
func (s Step) Run(ctx *step.Context) step.Result {
	if err := s.ACR.check(); err != nil {
		return step.Fail("config", "acr: "+err.Error())
	}
	if err := s.AMR.check(); err != nil {
		return step.Fail("config", "amr: "+err.Error())
	}
	said, ok := ctx.Upstream[s.Provider]
	if !ok && (s.Provider != "" || s.ACR.needClaims() || s.AMR.needClaims()) {
		return step.Fail("no_claims", "nothing is known from the provider "+s.Provider+" in this login")
	}
	return s.result(said.Claims)
}

func (s Step) result(claims map[string]any) step.Result {
	done := step.Outcome("ok")
	for _, r := range s.ACR {
		if value, ok := r.acr(claims); ok {
			done = done.WithACR(value)
			break
		}
	}
	var amr []string
	for _, r := range s.AMR {
		for _, value := range r.amr(claims) {
			if !slices.Contains(amr, value) {
				amr = append(amr, value)
			}
		}
	}
	return done.WithOutput(func(o *abi.Output) { o.AMR = amr })
}
