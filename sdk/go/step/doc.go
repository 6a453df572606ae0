// Package step is what a plugin's author writes against. A step is a Go type: its
// fields are the configuration, its method Run decides.
//
//	type Greet struct {
//		Name string `json:"name" schema:"required" doc:"Whom to greet."`
//	}
//
//	func (g Greet) Run(ctx *step.Context) step.Result {
//		if ctx.Form == nil {
//			return step.Ask(abi.Prompt{Title: "Hello " + g.Name})
//		}
//		return step.Outcome("ok")
//	}
//
// Define makes a step type of it, Module collects step types, and the package
// main of a plugin exports the module:
//
//	var module = step.Module{Name: "com.example.greet", Version: "1.0.0", Steps: []step.Type{
//		step.Define[Greet]("greet", step.Description{Outcomes: []string{"ok"}}),
//	}}
//
//	//go:wasmexport acrhost_step_v1
//	func run() int32 { return module.Step() }
//
//	//go:wasmexport acrhost_describe_v1
//	func describe() int32 { return module.Describe() }
//
//	func main() { module.Main() }
//
// The module is a variable, so that the types are looked at once, when the module
// starts, and not in each call.
//
// The package derives the manifest, the JSON Schema of the configuration included,
// and hides the ABI. What a step may ask of the host is in package capability; how
// a step is tested without WebAssembly, in package steptest.
package step
