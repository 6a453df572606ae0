package rewrite_test

import (
	"context"
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"

	"github.com/acrhost/acrhost/host/plugin/rewrite"
)

// wide are limits that don't get in the way.
var wide = rewrite.Limits{MemoryPages: 1 << 16, TableEntries: math.MaxInt32}

var errNoFuel = errors.New("no fuel")

// meter is the host's side of the fuel in tests.
type meter struct {
	left  int64
	slice int64
}

// meterKey finds the meter of a guest in the context of its calls.
type meterKey struct{}

func (m *meter) refill(ctx context.Context, stack []uint64) {
	if own, ok := ctx.Value(meterKey{}).(*meter); ok {
		m = own
	}
	fuel := int64(stack[0])
	give := min(m.left, m.slice-fuel)
	if fuel+give < 0 {
		panic(errNoFuel)
	}
	m.left -= give
	stack[0] = uint64(fuel + give)
}

// engine runs modules, rewritten or as they are.
type engine struct {
	wazero.Runtime
	meter *meter
}

func newEngine(t testing.TB) *engine {
	t.Helper()
	e := &engine{Runtime: wazero.NewRuntimeWithConfig(t.Context(), wazero.NewRuntimeConfig().WithCoreFeatures(api.CoreFeaturesV2)), meter: &meter{}}
	t.Cleanup(func() { e.Close(context.Background()) })
	_, err := e.NewHostModuleBuilder(rewrite.RuntimeModule).NewFunctionBuilder().
		WithGoFunction(api.GoFunc(e.meter.refill), []api.ValueType{api.ValueTypeI64}, []api.ValueType{api.ValueTypeI64}).
		Export(rewrite.Refill).Instantiate(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func (e *engine) instantiate(ctx context.Context, wasm []byte) (api.Module, error) {
	return e.InstantiateWithConfig(ctx, wasm, wazero.NewModuleConfig().WithName("").WithStartFunctions())
}

// bounded instantiates a rewritten module with so much fuel and depth.
func (e *engine) bounded(ctx context.Context, wasm []byte, fuel int64, depth uint32) (api.Module, error) {
	*e.meter = meter{left: fuel, slice: 1000}
	mod, err := e.instantiate(ctx, wasm)
	if err != nil {
		return nil, err
	}
	mod.ExportedGlobal(rewrite.DepthGlobal).(api.MutableGlobal).Set(uint64(depth))
	if start := mod.ExportedFunction(rewrite.StartExport); start != nil {
		_, err = start.Call(ctx)
	}
	return mod, err
}

// used is the fuel that an instance used of what it was given.
func (e *engine) used(mod api.Module, given int64) int64 {
	return given - e.meter.left - int64(mod.ExportedGlobal(rewrite.FuelGlobal).Get())
}

func rewritten(wasm []byte, l rewrite.Limits) ([]byte, error) {
	m, err := rewrite.Decode(wasm)
	if err != nil {
		return nil, err
	}
	return m.Rewrite(l)
}

// firstLine is an error without its stack trace.
func firstLine(err error) string {
	if err == nil {
		return ""
	}
	line, _, _ := strings.Cut(err.Error(), "\n")
	return line
}
