package step

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/acrhost/acrhost/sdk/go/abi"
)

// Module is a plugin: who made it, and its step types.
type Module struct {
	Name    string // reverse domain, as com.example.risk
	Version string // of the plugin
	ABIMin  string // the least ABI that it needs; empty: any
	Title   string
	Vendor  string
	License string
	Steps   []Type
}

// Manifest is what the module says of itself.
func (m Module) Manifest() (abi.Manifest, error) {
	all := make(map[string]abi.StepType, len(m.Steps))
	for _, t := range m.Steps {
		if _, twice := all[t.name]; twice {
			return abi.Manifest{}, fmt.Errorf("the step type %q is listed twice", t.name)
		}
		manifest, err := t.Manifest()
		if err != nil {
			return abi.Manifest{}, err
		}
		all[t.name] = manifest
	}
	return abi.Manifest{
		Name: m.Name, Version: m.Version, ABIMin: m.ABIMin,
		Title: m.Title, Vendor: m.Vendor, License: m.License, Steps: all,
	}, nil
}

// Answer runs one call: an input document in, an output document out. An error is
// a guest error: there is no output. A panic of the step is one too.
func (m Module) Answer(host Host, input []byte) (output []byte, err error) {
	defer func() {
		if p := recover(); p != nil {
			output, err = nil, fmt.Errorf("panic: %v", p)
		}
	}()
	var in abi.Input
	if err := json.Unmarshal(input, &in); err != nil {
		return nil, fmt.Errorf("the input is no input document: %w", err)
	}
	t, err := m.find(in.Call.Type)
	if err != nil {
		return nil, err
	}
	return t.run(&Context{Input: in, host: host}).encode()
}

func (m Module) find(name string) (Type, error) {
	i := slices.IndexFunc(m.Steps, func(t Type) bool { return t.name == name })
	if i < 0 && name == "" {
		return Type{}, errors.New("the input names no step type in call.type")
	}
	if i < 0 {
		return Type{}, fmt.Errorf("the module has no step type %q", name)
	}
	return m.Steps[i], nil
}
