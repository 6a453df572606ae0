package step

import (
	"fmt"
	"reflect"

	"github.com/acrhost/acrhost/sdk/go/abi"
	"github.com/acrhost/acrhost/sdk/go/internal/config"
)

// Runner is a step: a struct whose fields are the configuration, filled in before
// Run is called. Run is called once for each visit, and again for each answer to a
// prompt, every time on a new value.
type Runner interface {
	Run(ctx *Context) Result
}

// Description is what the manifest says of a step type. ConfigSchema is not for the author
// to say: it is derived from the step's Go type.
type Description = abi.StepType

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
	decoder := config.NewDecoder[S]()
	return Type{name: name, description: d, config: reflect.TypeFor[S](), run: func(ctx *Context) Result {
		var s S
		if err := decoder.Decode(ctx.Config, &s); err != nil {
			return Fail("config", err.Error())
		}
		return s.Run(ctx)
	}}
}

// Name is the step type's name.
func (t Type) Name() string { return t.name }

// Manifest is the step type's part of the manifest.
func (t Type) Manifest() (abi.StepType, error) {
	m := t.description
	if m.ConfigSchema != nil {
		return m, fmt.Errorf("step %q: its description has a ConfigSchema, which is derived from the type %s", t.name, t.config)
	}
	var err error
	if m.ConfigSchema, err = config.Schema(t.config); err != nil {
		return m, fmt.Errorf("step %q: configuration: %w", t.name, err)
	}
	if m.Outcomes == nil {
		m.Outcomes = []string{} // the member is required
	}
	return m, nil
}
