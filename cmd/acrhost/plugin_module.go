package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/acrhost/acrhost/host/plugin"
	"github.com/acrhost/acrhost/sdk/go/abi"
	"github.com/acrhost/acrhost/sdk/vector"
)

// openModule loads a module for vectors; done ends it.
func openModule(c *cobra.Command, path string) (m vector.Module, done func(), err error) {
	wasm, err := os.ReadFile(path)
	if err != nil {
		return nil, nil, fmt.Errorf("read module: %w", err)
	}
	runtime, err := newRuntime(c)
	if err != nil {
		return nil, nil, err
	}
	module, err := runtime.Load(c.Context(), plugin.Spec{Name: path, Wasm: wasm, Grant: plugin.Grant{All: true}, Breaker: plugin.Breaker{Failures: -1}})
	if err != nil {
		return nil, nil, errors.Join(err, runtime.Close(c.Context()))
	}
	return moduleOnTrial{module}, func() { _ = runtime.Close(context.WithoutCancel(c.Context())) }, nil
}

type moduleOnTrial struct{ module *plugin.Module }

// Manifest is what the module says of itself.
func (m moduleOnTrial) Manifest() (abi.Manifest, error) {
	return m.module.Manifest(), m.module.Undescribed()
}

// Call runs the module once.
func (m moduleOnTrial) Call(ctx context.Context, input []byte, answer func(string, []byte) (abi.Status, []byte)) (vector.Answer, error) {
	in := blankInput()
	if err := json.Unmarshal(input, &in); err != nil {
		return vector.Answer{}, err
	}
	result, err := m.module.Call(ctx, in, &answerer{answer: answer})
	var a vector.Answer
	for _, line := range result.Stats.Logs {
		a.Logs = append(a.Logs, vector.Line{Level: vector.LevelName(line.Level), Text: line.Message})
	}
	if failed, ok := errors.AsType[*plugin.Error](err); ok {
		a.Fault = &vector.Fault{Class: string(failed.Class), Code: failed.Code, Message: failed.Message}
		return a, nil
	}
	if err != nil {
		return a, err
	}
	a.Output, err = json.Marshal(result.Output)
	return a, err
}

// answerer answers the capabilities of one call, and knows the URLs that it gave out.
type answerer struct {
	answer func(string, []byte) (abi.Status, []byte)
	urls   []string
}

// Call answers a capability call.
func (a *answerer) Call(_ context.Context, name string, request []byte) (abi.Status, []byte) {
	status, answer := a.answer(name, request)
	var begun abi.UpstreamBegun
	if json.Unmarshal(answer, &begun) == nil && begun.URL != "" {
		a.urls = append(a.urls, begun.URL)
	}
	return status, answer
}

// Redirects are the URLs that the call may send the browser to.
func (a *answerer) Redirects() []string { return a.urls }
