// Command hello is the smallest step: it greets whoever is known, in a variable.
package main

import (
	"github.com/acrhost/acrhost/sdk/go/abi"
	"github.com/acrhost/acrhost/sdk/go/step"
)

// Hello is the configuration.
type Hello struct {
	Greeting string `json:"greeting" default:"Hello" doc:"The word before the name."`
}

// Run sets the variable greeting.
func (h Hello) Run(ctx *step.Context) step.Result {
	name := "stranger"
	if ctx.Subject != nil && ctx.Subject.Username != "" {
		name = ctx.Subject.Username
	}
	return step.Outcome("ok").WithVar("greeting", h.Greeting+", "+name)
}

var module = step.Module{
	Name: "com.example.hello", Version: "1.0.0", Title: "Hello", SnapshotSafe: true,
	Steps: []step.Type{
		step.Define[Hello]("hello", step.Description{
			Title:    "Greet the user",
			Outcomes: []string{"ok"},
			Writes:   abi.Writes{Vars: []string{"greeting"}},
		}),
	},
}

//go:wasmexport acrhost_step_v1
func run() int32 { return module.Step() }

//go:wasmexport acrhost_describe_v1
func describe() int32 { return module.Describe() }

func main() { module.Main() }
