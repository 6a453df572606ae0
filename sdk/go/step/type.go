package step

import (
	"encoding/json"
	"fmt"
	"reflect"

	"github.com/acrhost/acrhost/sdk/go/abi"
)

// Runner is a step: a struct whose fields are the configuration, filled in before
// Run is called. Run is called once for each visit, and again for each answer to a
// prompt, every time on a new value.
type Runner interface {
	Run(ctx *Context) Result
}

// Description is what the manifest says of a step type beside its configuration.
// The members mean what they mean in abi.StepType.
type Description struct {
	Title        string
	Outcomes     []string
	OutcomesFrom []string
	Reads        []string
	Writes       abi.Writes
	Capabilities []string // as imported; the host refuses a module that imports one it does not state
	Fetches      []string // where http_fetch goes, as "POST https://risk.example.com/v1/score" or "GET config/url"
}

// Type is a step type of a module. Define makes one.
type Type struct {
	name        string
	description Description
	config      reflect.Type
	run         func(ctx *Context) Result
}

// Define makes a step type of a Go type. It looks at the type by reflection, so that
// no call has to: call it once, for a variable of the package.
func Define[S Runner](name string, d Description) Type {
	decoder := newDecoder[S]()
	return Type{name: name, description: d, config: reflect.TypeFor[S](), run: func(ctx *Context) Result {
		var s S
		if err := decoder.decode(ctx.Config, &s); err != nil {
			return Fail("config", err.Error())
		}
		return s.Run(ctx)
	}}
}

// Name is the step type's name.
func (t Type) Name() string { return t.name }

// Manifest is the step type's part of the manifest.
func (t Type) Manifest() (abi.StepType, error) {
	schema, err := schemaOf(t.config)
	if err != nil {
		return abi.StepType{}, fmt.Errorf("step %q: configuration: %w", t.name, err)
	}
	document, err := json.Marshal(schema)
	if err != nil {
		return abi.StepType{}, fmt.Errorf("step %q: encode the schema: %w", t.name, err)
	}
	d := t.description
	outcomes := d.Outcomes
	if outcomes == nil {
		outcomes = []string{} // the member is required
	}
	return abi.StepType{
		Title: d.Title, Outcomes: outcomes, OutcomesFrom: d.OutcomesFrom, ConfigSchema: document,
		Reads: d.Reads, Writes: d.Writes, Capabilities: d.Capabilities, Fetches: d.Fetches,
	}, nil
}
