package rewrite_test

import (
	"bytes"
	"context"
	"slices"
	"testing"

	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"
	"github.com/tetratelabs/wazero/imports/wasi_snapshot_preview1"
)

// desk is where a guest's host keeps what it gives to the guest and gets from it.
type desk struct {
	input, output []byte
	before        []byte  // the memory before the host's function that runs now
	wrote         []write // by the host
}

// write is what the host wrote into the guest's memory.
type write struct {
	at    int
	bytes []byte
}

// apply gives a memory with what the host wrote into it.
func (d *desk) apply(memory []byte) []byte {
	memory = slices.Clone(memory)
	for _, w := range d.wrote {
		if end := w.at + len(w.bytes); end > len(memory) { // the guest has grown it
			memory = append(memory, make([]byte, end-len(memory))...)
		}
		copy(memory[w.at:], w.bytes)
	}
	return append(memory, make([]byte, -len(memory)&0xffff)...)
}

// deskKey finds the desk of a guest in the context of its calls.
type deskKey struct{}

func deskOf(ctx context.Context) *desk { return ctx.Value(deskKey{}).(*desk) }

// host makes the functions that the guests import, WASI's and acrhost's, and has what
// they write noted.
func (e *engine) host(t *testing.T) {
	ctx := experimental.WithFunctionListenerFactory(t.Context(), scribe{})
	wasi_snapshot_preview1.MustInstantiate(ctx, e.Runtime)
	_, err := e.NewHostModuleBuilder("acrhost_v1").
		NewFunctionBuilder().WithFunc(func(ctx context.Context) uint32 { return uint32(len(deskOf(ctx).input)) }).Export("input_len").
		NewFunctionBuilder().WithFunc(inputRead).Export("input_read").
		NewFunctionBuilder().WithFunc(outputWrite).Export("output_write").
		NewFunctionBuilder().WithFunc(func(level, from, n uint32) {}).Export("log").
		Instantiate(ctx)
	if err != nil {
		t.Fatal(err)
	}
}

func inputRead(ctx context.Context, m api.Module, to, n, off uint32) uint32 {
	rest := deskOf(ctx).input[off:]
	rest = rest[:min(len(rest), int(n))]
	m.Memory().Write(to, rest)
	return uint32(len(rest))
}

func outputWrite(ctx context.Context, m api.Module, from, n uint32) {
	b, _ := m.Memory().Read(from, n)
	deskOf(ctx).output = append(deskOf(ctx).output, b...)
}

// scribe notes what the host's functions write.
type scribe struct{}

func (scribe) NewFunctionListener(api.FunctionDefinition) experimental.FunctionListener {
	return scribe{}
}

func memoryOf(m api.Module) []byte {
	b, _ := m.Memory().Read(0, m.Memory().Size())
	return b
}

func (scribe) Before(ctx context.Context, m api.Module, _ api.FunctionDefinition, _ []uint64, _ experimental.StackIterator) {
	deskOf(ctx).before = slices.Clone(memoryOf(m))
}

func (scribe) After(ctx context.Context, m api.Module, _ api.FunctionDefinition, _ []uint64) {
	d, now := deskOf(ctx), memoryOf(m)
	const step = 64
	for at := 0; at < len(now); at += step {
		if !bytes.Equal(d.before[at:at+step], now[at:at+step]) {
			d.wrote = append(d.wrote, write{at, slices.Clone(now[at : at+step])})
		}
	}
}

func (scribe) Abort(context.Context, api.Module, api.FunctionDefinition, error) {}
