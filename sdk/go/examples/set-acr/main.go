// Command set-acr is the step that the whole host is named for: it sets the acr.
package main

import (
	"github.com/acrhost/acrhost/sdk/go/abi"
	"github.com/acrhost/acrhost/sdk/go/step"
)

// SetACR is the configuration.
type SetACR struct {
	ACR string `json:"acr" schema:"required" doc:"The acr to set."`
}

// Run sets it.
func (s SetACR) Run(*step.Context) step.Result { return step.Outcome("ok").WithACR(s.ACR) }

var module = step.Module{
	Name: "com.example.set-acr", Version: "1.0.0", Title: "Set the acr", SnapshotSafe: true,
	Steps: []step.Type{
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
