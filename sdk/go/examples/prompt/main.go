// Command prompt is a step that asks: for a PIN, which it compares with the one that is
// configured.
package main

import (
	"crypto/subtle"

	"github.com/acrhost/acrhost/sdk/go/abi"
	"github.com/acrhost/acrhost/sdk/go/step"
)

// PIN is the configuration.
type PIN struct {
	PIN   string `json:"pin" schema:"required" doc:"The PIN that is right."`
	Level string `json:"level" default:"pin" doc:"The acr that the right PIN sets."`
}

// Shown is what the step keeps between its prompt and the answer.
type Shown struct {
	Shown int `json:"shown"`
}

// Run asks on entry, and compares when the answer is there.
func (p PIN) Run(ctx *step.Context) step.Result {
	if ctx.Form == nil {
		return step.Ask(abi.Prompt{
			Title:  "Enter your PIN",
			Fields: []abi.Field{{Name: "pin", Type: abi.Password, Label: "PIN", Required: true}},
		}).WithState(Shown{Shown: 1})
	}
	// In a time that tells nothing about where the two differ.
	if subtle.ConstantTimeCompare([]byte(ctx.Form["pin"]), []byte(p.PIN)) != 1 {
		return step.Outcome("failed")
	}
	return step.Outcome("ok").WithACR(p.Level)
}

var module = step.Module{
	Name: "com.example.prompt", Version: "1.0.0", Title: "Ask for a PIN", SnapshotSafe: true,
	Steps: []step.Type{
		step.Define[PIN]("pin", step.Description{
			Title:    "Ask for a PIN",
			Outcomes: []string{"ok", "failed"},
			Writes:   abi.Writes{ACRFrom: []string{"/level"}},
		}),
	},
}

//go:wasmexport acrhost_step_v1
func run() int32 { return module.Step() }

//go:wasmexport acrhost_describe_v1
func describe() int32 { return module.Describe() }

func main() { module.Main() }
