// Command decide is the small job of the benchmark as a step: an acr by rule from
// the amr of the input document. Unlike its brothers in other languages it uses the
// SDK, as steps in Go do.
package main

import (
	"slices"

	"github.com/acrhost/acrhost/sdk/go/abi"
	"github.com/acrhost/acrhost/sdk/go/step"
)

// Decide has no configuration.
type Decide struct{}

// Run looks at the evidence.
func (Decide) Run(ctx *step.Context) step.Result {
	return step.Outcome("ok").WithACR(rule(ctx.AMR))
}

func rule(amr []string) string {
	has := func(method string) bool { return slices.Contains(amr, method) }
	switch {
	case has("hwk"):
		return "2.5"
	case has("pwd") && has("otp"):
		return "2.0"
	case has("pwd"):
		return "1.5"
	}
	return "0"
}

var module = step.Module{
	Name: "com.example.decide", Version: "1.0.0", Title: "An acr by rule",
	SnapshotSafe: true, // nothing is random
	Steps: []step.Type{step.Define[Decide]("decide", step.Description{
		Title:    "Decide by the methods used",
		Outcomes: []string{"ok"},
		Writes:   abi.Writes{ACR: []string{"2.5", "2.0", "1.5", "0"}},
	})},
}

func main() { module.Main() }
