package step

import (
	"errors"
	"fmt"
	"runtime/debug"

	"github.com/acrhost/acrhost/sdk/go/abi"
)

// Module is a plugin: who made it, and its step types. Keep it in a variable of the
// package main: Define then does its work once, when the module starts, and not in
// each call.
type Module struct {
	Name    string // reverse domain, as com.example.risk
	Version string // of the plugin
	ABIMin  string // the least ABI that it needs; empty: any
	Title   string
	Vendor  string
	License string
	Steps   []Type
	// SnapshotSafe promises that nothing drawn when the module starts decides
	// anything in a call: no number of math/rand, no time, no order of a map. One
	// started instance may then serve many calls, each from the same snapshot.
	SnapshotSafe bool
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
		Title: m.Title, Vendor: m.Vendor, License: m.License, Steps: all, SnapshotSafe: m.SnapshotSafe,
	}, nil
}

// Answer runs one call: an input document in, an output document out. An error is
// a guest error: there is no output. A panic of the step is one too, and where it was
// is logged. The input must not be changed afterwards: what the step gets lies in it.
func (m Module) Answer(host Host, input []byte) (output []byte, err error) {
	defer func() {
		if p := recover(); p != nil {
			host.Log(Debug, stack())
			output, err = nil, fmt.Errorf("panic: %v", p)
		}
	}()
	ctx := &Context{host: host}
	if err := ctx.ParseJSON(input); err != nil {
		return nil, fmt.Errorf("the input is no input document: %w", err)
	}
	t, err := m.find(ctx.Call.Type)
	if err != nil {
		return nil, err
	}
	return t.run(ctx).encode()
}

// maxStack bounds what is logged of the stack of a panic, in bytes: a call may not log
// much, and the innermost frames come first.
const maxStack = 4 << 10

// stack is where a panic came from, for who develops the step.
func stack() string {
	trace := debug.Stack()
	if len(trace) > maxStack {
		trace = trace[:maxStack]
	}
	return string(trace)
}

func (m Module) find(name string) (*Type, error) {
	for i := range m.Steps {
		if m.Steps[i].name == name {
			return &m.Steps[i], nil
		}
	}
	if name == "" {
		return nil, errors.New("the input names no step type in call.type")
	}
	return nil, fmt.Errorf("the module has no step type %q", name)
}
