// Command step is a module that claims more than it should: its one step says phr,
// whatever was verified. The host lets it where the evidence supports that, and
// nowhere else. Build it with
//
//	GOOS=wasip1 GOARCH=wasm go build -buildmode=c-shared -o claim.wasm ./examples/levels/step
package main

import (
	"github.com/acrhost/acrhost/sdk/go/abi"
	"github.com/acrhost/acrhost/sdk/go/step"
)

// Claim is the step.
type Claim struct{}

// Run claims.
func (Claim) Run(*step.Context) step.Result { return step.Outcome("ok").WithACR("phr") }

var module = step.Module{
	Name: "com.example.claim", Version: "1.0.0", Title: "Claim phr",
	SnapshotSafe: true, // it draws nothing
	Steps: []step.Type{step.Define[Claim]("claim", step.Description{
		Title: "Claim phr", Outcomes: []string{"ok"}, Writes: abi.Writes{ACR: []string{"phr"}},
	})},
}

//go:wasmexport acrhost_step_v1
func run() int32 { return module.Step() }

//go:wasmexport acrhost_describe_v1
func describe() int32 { return module.Describe() }

func main() { module.Main() }
