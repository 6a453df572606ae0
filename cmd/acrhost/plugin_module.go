package main

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"github.com/acrhost/acrhost/host/plugin/scripted"
	"github.com/acrhost/acrhost/sdk/vector"
)

// openModule loads a module for vectors; done ends it.
func openModule(c *cobra.Command, path string) (m vector.Module, done func(), err error) {
	wasm, err := readModule(path)
	if err != nil {
		return nil, nil, err
	}
	runtime, err := newRuntime(c)
	if err != nil {
		return nil, nil, err
	}
	module, err := runtime.Load(c.Context(), scripted.Spec(path, wasm))
	if err != nil {
		return nil, nil, errors.Join(err, runtime.Close(c.Context()))
	}
	return scripted.New(module), func() { _ = runtime.Close(context.WithoutCancel(c.Context())) }, nil
}
