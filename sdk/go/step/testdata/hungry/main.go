// Command hungry is a plugin whose step needs far more memory than it may have, but
// never much at once.
package main

import (
	"github.com/acrhost/acrhost/sdk/go/abi"
	"github.com/acrhost/acrhost/sdk/go/step"
)

// Hungry is its configuration.
type Hungry struct {
	Pieces int `json:"pieces"`
	Keep   int `json:"keep"`
}

// Run eats pieces of 64 KiB and keeps the last few of them.
func (h Hungry) Run(*step.Context) step.Result {
	kept := make([][]byte, h.Keep)
	sum := 0
	for i := range h.Pieces {
		piece := make([]byte, 64<<10)
		piece[i%len(piece)] = 1
		kept[i%h.Keep] = piece
	}
	for _, piece := range kept {
		sum += len(piece)
	}
	return step.Outcome("ok").WithVar("kept", sum)
}

var module = step.Module{Name: "com.example.hungry", Version: "1.0.0", Steps: []step.Type{
	step.Define[Hungry]("hungry", step.Description{Outcomes: []string{"ok"}, Writes: abi.Writes{Vars: []string{"kept"}}}),
}}

//go:wasmexport acrhost_step_v1
func run() int32 { return module.Step() }

//go:wasmexport acrhost_describe_v1
func describe() int32 { return module.Describe() }

func main() { module.Main() }
