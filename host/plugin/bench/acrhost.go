package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"github.com/acrhost/acrhost/host/plugin"
	"github.com/acrhost/acrhost/host/plugin/bench/job"
	"github.com/acrhost/acrhost/host/plugin/guests"
	"github.com/acrhost/acrhost/sdk/go/abi"
)

// openMode runs a guest in this project's runtime, bytes to bytes.
func openMode(language string, mode plugin.Mode) func(*setup) (call, error) {
	return func(s *setup) (call, error) {
		wasm, err := guests.Read(language + "-decide")
		if err != nil {
			return nil, err
		}
		m, err := s.load(language, wasm, mode)
		if err != nil {
			return nil, err
		}
		return func() (answer, error) {
			output, stats, err := m.Run(s.ctx, s.document, nil)
			return answer{output: output, fuel: stats.FuelUsed, mode: stats.Mode}, err
		}, nil
	}
}

// load loads a module with the limits that plugins have by default.
func (s *setup) load(name string, wasm []byte, mode plugin.Mode) (*plugin.Module, error) {
	m, err := s.runtime.Load(s.ctx, plugin.Spec{Name: name, Wasm: wasm, Grant: plugin.Grant{All: true}, Mode: mode})
	if err != nil {
		return nil, err
	}
	s.onClose(func() error { return m.Close(s.ctx) })
	return m, nil
}

// openDecideCall is a call as a journey makes it: abi.Input in, abi.Output out.
func openDecideCall(s *setup) (call, error) {
	wasm, err := guests.Read("go-decide")
	if err != nil {
		return nil, err
	}
	return s.wholeCall("go", wasm, job.Input(), "")
}

// openSetACRCall is the same with a step of the standard plugin.
func openSetACRCall(s *setup) (call, error) {
	wasm, err := s.standard()
	if err != nil {
		return nil, err
	}
	in := job.Input()
	example, err := os.ReadFile(filepath.Join(s.root, "examples", "set-acr.json"))
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(example, &struct {
		Call   *abi.Call        `json:"call"`
		Config *json.RawMessage `json:"config"`
	}{&in.Call, &in.Config}); err != nil {
		return nil, fmt.Errorf("read examples/set-acr.json: %w", err)
	}
	var config struct{ ACR json.RawMessage }
	if err := json.Unmarshal(in.Config, &config); err != nil {
		return nil, fmt.Errorf("read examples/set-acr.json: %w", err)
	}
	return s.wholeCall("standard", wasm, in, string(config.ACR))
}

// standard is the standard plugin.
func (s *setup) standard() ([]byte, error) {
	wasm, err := os.ReadFile(filepath.Join(s.root, "plugins", "dist", "standard.wasm"))
	if err != nil {
		return nil, fmt.Errorf("%w: make plugins builds it", err)
	}
	return wasm, nil
}

func (s *setup) wholeCall(name string, wasm []byte, in abi.Input, want string) (call, error) {
	m, err := s.load(name, wasm, plugin.Auto)
	if err != nil {
		return nil, err
	}
	return func() (answer, error) {
		result, err := m.Call(s.ctx, in, nil)
		return answer{acr: result.Output.ACR, want: want, fuel: result.Stats.FuelUsed, mode: result.Stats.Mode}, err
	}, nil
}
