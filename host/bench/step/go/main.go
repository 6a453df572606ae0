// Command go has the steps of the benchmark's journey in Go: a form for a user name and a
// password, and an acr. As in the peers' servers the password is one word that the configuration
// holds, and no hash is made; what a login costs beside the hash is what is measured.
package main

import (
	"crypto/subtle"

	"github.com/acrhost/acrhost/sdk/go/abi"
	"github.com/acrhost/acrhost/sdk/go/capability"
	"github.com/acrhost/acrhost/sdk/go/step"
)

// SignIn is the configuration.
type SignIn struct {
	Word string `json:"word" schema:"required" doc:"The password of everybody."`
}

// Run asks on entry, and finds the user when the answer is there.
func (s SignIn) Run(ctx *step.Context) step.Result {
	if ctx.Form == nil {
		return step.Ask(abi.Prompt{
			Title: "Sign in",
			Fields: []abi.Field{
				{Name: "username", Type: abi.Username, Label: "User name", Required: true},
				{Name: "password", Type: abi.Password, Label: "Password", Required: true},
			},
			Actions: []abi.Action{{Name: "submit", Label: "Continue"}},
		})
	}
	_, err := capability.IdentifyUser(ctx, ctx.Form["username"])
	switch step.Status(err) {
	case abi.OK:
	case abi.NotFound, abi.LimitReached:
		return step.Outcome("failed")
	default:
		return step.Failed(err)
	}
	if subtle.ConstantTimeCompare([]byte(ctx.Form["password"]), []byte(s.Word)) != 1 {
		return step.Outcome("failed")
	}
	return step.Outcome("ok").WithOutput(func(o *abi.Output) {
		o.Evidence = []abi.Asserted{{Method: "word", AMR: []string{"pwd"}}}
	})
}

// SetACR is the configuration.
type SetACR struct {
	ACR string `json:"acr" schema:"required" doc:"The acr to set."`
}

// Run sets the acr.
func (s SetACR) Run(*step.Context) step.Result { return step.Outcome("ok").WithACR(s.ACR) }

var module = step.Module{
	Name: "bench.steps-in-go", Version: "1.0.0", Title: "Sign in without a hash", SnapshotSafe: true,
	Steps: []step.Type{
		step.Define[SignIn]("sign-in", step.Description{
			Title:        "Ask for a user name and a password",
			Outcomes:     []string{"ok", "failed"},
			Writes:       abi.Writes{Evidence: []string{"word"}, AMR: []string{"pwd"}},
			Capabilities: []string{"user_identify"},
		}),
		step.Define[SetACR]("set-acr", step.Description{
			Title:    "Set the acr",
			Outcomes: []string{"ok"},
			Writes:   abi.Writes{ACRFrom: []string{"/acr"}},
		}),
	},
}

//go:wasmexport acrhost_step_v1
func run() int32 { return module.Step() }

//go:wasmexport acrhost_describe_v1
func describe() int32 { return module.Describe() }

func main() { module.Main() }
