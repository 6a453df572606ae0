package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"time"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/imports/wasi_snapshot_preview1"

	"github.com/acrhost/acrhost/host/plugin/guests"
)

// bare is an unmodified guest on bare wazero, with host functions as plain and as fast
// as they can be written: no limits, no isolation, one caller.
type bare struct {
	engine        wazero.Runtime
	code          wazero.CompiledModule
	input, output []byte
}

// openBareReused calls one instance again and again. Whatever a call leaves in it, the
// next one can read.
func openBareReused(language string) func(*setup) (call, error) {
	return func(s *setup) (call, error) {
		b, err := newBare(s, language, wazero.NewRuntimeConfig())
		if err != nil {
			return nil, err
		}
		step, err := b.instantiate(s.ctx)
		if err != nil {
			return nil, err
		}
		return func() (answer, error) { return b.run(s.ctx, step) }, nil
	}
}

// openBareDone is the same with wazero's own way to stop a guest, and a deadline.
func openBareDone(language string) func(*setup) (call, error) {
	return func(s *setup) (call, error) {
		b, err := newBare(s, language, wazero.NewRuntimeConfig().WithCloseOnContextDone(true))
		if err != nil {
			return nil, err
		}
		step, err := b.instantiate(s.ctx)
		if err != nil {
			return nil, err
		}
		return func() (answer, error) {
			ctx, cancel := context.WithTimeout(s.ctx, time.Minute)
			defer cancel()
			return b.run(ctx, step)
		}, nil
	}
}

// openBareNew makes an instance for each call.
func openBareNew(language string) func(*setup) (call, error) {
	return func(s *setup) (call, error) {
		b, err := newBare(s, language, wazero.NewRuntimeConfig())
		if err != nil {
			return nil, err
		}
		return func() (answer, error) {
			step, err := b.instantiate(s.ctx)
			if err != nil {
				return answer{}, err
			}
			defer step.Close(s.ctx)
			return b.run(s.ctx, step)
		}, nil
	}
}

func newBare(s *setup, language string, config wazero.RuntimeConfig) (*bare, error) {
	wasm, err := guests.Read(language + "-decide")
	if err != nil {
		return nil, err
	}
	b := &bare{engine: wazero.NewRuntimeWithConfig(s.ctx, config), input: s.document}
	s.onClose(func() error { return b.engine.Close(s.ctx) })
	if _, err := wasi_snapshot_preview1.Instantiate(s.ctx, b.engine); err != nil {
		return nil, err
	}
	if err := b.link(s.ctx); err != nil {
		return nil, err
	}
	b.code, err = b.engine.CompileModule(s.ctx, wasm)
	return b, err
}

// link makes the module acrhost_v1.
func (b *bare) link(ctx context.Context) error {
	i32 := []api.ValueType{api.ValueTypeI32}
	_, err := b.engine.NewHostModuleBuilder("acrhost_v1").
		NewFunctionBuilder().WithGoModuleFunction(api.GoModuleFunc(b.inputLen), nil, i32).Export("input_len").
		NewFunctionBuilder().WithGoModuleFunction(api.GoModuleFunc(b.inputRead), []api.ValueType{i32[0], i32[0], i32[0]}, i32).Export("input_read").
		NewFunctionBuilder().WithGoModuleFunction(api.GoModuleFunc(b.outputWrite), []api.ValueType{i32[0], i32[0]}, nil).Export("output_write").
		NewFunctionBuilder().WithGoModuleFunction(api.GoModuleFunc(b.log), []api.ValueType{i32[0], i32[0], i32[0]}, nil).Export("log").
		Instantiate(ctx)
	return err
}

func (b *bare) inputLen(_ context.Context, _ api.Module, stack []uint64) {
	stack[0] = uint64(len(b.input))
}

func (b *bare) inputRead(_ context.Context, m api.Module, stack []uint64) {
	to, ok := m.Memory().Read(uint32(stack[0]), uint32(stack[1]))
	off := uint32(stack[2])
	if !ok || int(off) > len(b.input) {
		panic("input_read: a bad pointer")
	}
	stack[0] = uint64(copy(to, b.input[off:]))
}

func (b *bare) outputWrite(_ context.Context, m api.Module, stack []uint64) {
	from, ok := m.Memory().Read(uint32(stack[0]), uint32(stack[1]))
	if !ok {
		panic("output_write: a bad pointer")
	}
	b.output = append(b.output, from...)
}

func (b *bare) log(context.Context, api.Module, []uint64) {}

// step is an instance, and the export that does the job.
type step struct {
	api.Module
	run   api.Function
	stack [1]uint64
}

func (b *bare) instantiate(ctx context.Context) (*step, error) {
	m, err := b.engine.InstantiateModule(ctx, b.code, wazero.NewModuleConfig().WithName("").
		WithStartFunctions("_initialize").
		WithSysWalltime().WithSysNanotime().WithRandSource(rand.Reader))
	if err != nil {
		return nil, err
	}
	return &step{Module: m, run: m.ExportedFunction("acrhost_step_v1")}, nil
}

func (b *bare) run(ctx context.Context, s *step) (answer, error) {
	b.output = nil // the caller keeps it
	if err := s.run.CallWithStack(ctx, s.stack[:]); err != nil {
		return answer{}, err
	}
	if s.stack[0] != 0 {
		return answer{}, fmt.Errorf("the guest returned %d", s.stack[0])
	}
	return answer{output: b.output}, nil
}
