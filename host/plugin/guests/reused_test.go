package guests_test

import (
	"context"
	"crypto/rand"
	"errors"
	"testing"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/imports/wasi_snapshot_preview1"
)

// reused instantiates a module once, as it is and without any protection, and gives
// what calls it.
func reused(t *testing.T, wasm []byte) func(document []byte) []byte {
	t.Helper()
	ctx := t.Context()
	cache, err := wazero.NewCompilationCacheWithDir(compiled(t, "bare"))
	if err != nil {
		t.Fatal(err)
	}
	engine := wazero.NewRuntimeWithConfig(ctx, wazero.NewRuntimeConfig().WithCompilationCache(cache))
	t.Cleanup(func() {
		if err := errors.Join(engine.Close(context.Background()), cache.Close(context.Background())); err != nil {
			t.Error(err)
		}
	})
	wasi_snapshot_preview1.MustInstantiate(ctx, engine)
	var input, output []byte
	_, err = engine.NewHostModuleBuilder("acrhost_v1").
		NewFunctionBuilder().WithFunc(func() uint32 { return uint32(len(input)) }).Export("input_len").
		NewFunctionBuilder().WithFunc(func(_ context.Context, m api.Module, to, _, off uint32) uint32 {
		m.Memory().Write(to, input[off:])
		return uint32(len(input)) - off
	}).Export("input_read").
		NewFunctionBuilder().WithFunc(func(_ context.Context, m api.Module, from, n uint32) {
		b, _ := m.Memory().Read(from, n)
		output = append(output, b...)
	}).Export("output_write").
		Instantiate(ctx)
	if err != nil {
		t.Fatal(err)
	}
	m, err := engine.InstantiateWithConfig(ctx, wasm, wazero.NewModuleConfig().
		WithStartFunctions("_initialize").WithSysWalltime().WithRandSource(rand.Reader))
	if err != nil {
		t.Fatal(err)
	}
	return func(document []byte) []byte {
		input, output = document, nil
		if code, err := m.ExportedFunction("acrhost_step_v1").Call(ctx); err != nil || code[0] != 0 {
			t.Fatalf("the call gave %v, %v", code, err)
		}
		return output
	}
}
