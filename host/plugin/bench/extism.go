package main

import (
	"fmt"

	extism "github.com/extism/go-sdk"
)

// openExtismNew makes an instance for each call.
func openExtismNew(s *setup) (call, error) {
	compiled, err := compileExtism(s)
	if err != nil {
		return nil, err
	}
	return func() (answer, error) {
		p, err := compiled.Instance(s.ctx, extism.PluginInstanceConfig{})
		if err != nil {
			return answer{}, err
		}
		defer p.Close(s.ctx)
		return callExtism(p, s.document)
	}, nil
}

// openExtismReused calls one instance again and again.
func openExtismReused(s *setup) (call, error) {
	compiled, err := compileExtism(s)
	if err != nil {
		return nil, err
	}
	p, err := compiled.Instance(s.ctx, extism.PluginInstanceConfig{})
	if err != nil {
		return nil, err
	}
	s.onClose(func() error { return p.Close(s.ctx) })
	return func() (answer, error) { return callExtism(p, s.document) }, nil
}

func compileExtism(s *setup) (*extism.CompiledPlugin, error) {
	path, err := s.helper("extism.wasm")
	if err != nil {
		return nil, err
	}
	manifest := extism.Manifest{Wasm: []extism.Wasm{extism.WasmFile{Path: path}}}
	compiled, err := extism.NewCompiledPlugin(s.ctx, manifest, extism.PluginConfig{EnableWasi: true}, nil)
	if err != nil {
		return nil, err
	}
	s.onClose(func() error { return compiled.Close(s.ctx) })
	return compiled, nil
}

func callExtism(p *extism.Plugin, document []byte) (answer, error) {
	code, output, err := p.Call("decide", document)
	if err == nil && code != 0 {
		err = fmt.Errorf("the guest returned %d", code)
	}
	return answer{output: output}, err
}
