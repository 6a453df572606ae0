package main

import (
	"github.com/acrhost/acrhost/sdk/go/abi"
	"github.com/acrhost/acrhost/sdk/go/capability"
	"github.com/acrhost/acrhost/sdk/go/step"
)

// Redirect is where to go.
type Redirect struct {
	Provider  string `json:"provider" default:"acme" doc:"The other provider."`
	Prompt    string `json:"prompt" doc:"What it may show."`
	MaxAge    *int64 `json:"max_age" doc:"How old a login may be, in seconds."`
	LoginHint string `json:"login_hint" doc:"Who."`
}

// Away is the state while the user is there.
type Away struct {
	Provider string `json:"provider"`
}

// Run begins a login at another provider, and finishes it.
func (r Redirect) Run(ctx *step.Context) step.Result {
	if len(ctx.State) == 0 || string(ctx.State) == "null" {
		begun, err := capability.BeginUpstream(ctx, abi.UpstreamBegin{
			Provider: r.Provider, ACRValues: orNone(ctx.Request.ACRValues), Prompt: r.Prompt, MaxAge: r.MaxAge, LoginHint: r.LoginHint,
		})
		if err != nil {
			return step.Failed(err)
		}
		return step.Redirect(begun.URL).WithState(Away{r.Provider})
	}
	got, err := capability.FinishUpstream(ctx)
	if err != nil {
		return step.Failed(err)
	}
	if !got.OK {
		return step.Outcome("failed").WithVar("error", got.Error)
	}
	return step.Outcome("ok").WithVar("upstream", upstream(got.Claims, got.ACR, got.AMR))
}

// orNone makes an empty list one that is left out.
func orNone(list []string) []string {
	if len(list) == 0 {
		return nil
	}
	return list
}
