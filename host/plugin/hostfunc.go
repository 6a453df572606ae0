package plugin

import (
	"context"
	"fmt"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"

	"github.com/acrhost/acrhost/host/plugin/rewrite"
)

// The import modules that a guest may use.
const (
	abiModule        = "acrhost_v1"
	capabilityModule = "acrhost_cap_v1"
	wasiModule       = "wasi_snapshot_preview1"
)

// hostFunc is a function that a guest can import.
type hostFunc struct {
	name string
	typ  rewrite.FuncType
	// run does the work. The arguments are on the stack; the result, if there is one,
	// replaces the first. It ends the call by invocation.fail and nothing else.
	run func(in *invocation, stack []uint64)
}

// signature reads a type from a shorthand, i for i32 and I for i64, as "iI:i".
func signature(s string) rewrite.FuncType {
	var t rewrite.FuncType
	to := &t.Params
	for _, c := range s {
		switch c {
		case 'i':
			*to = append(*to, rewrite.I32)
		case 'I':
			*to = append(*to, rewrite.I64)
		case ':':
			to = &t.Results
		}
	}
	return t
}

// instantiateHost makes a module of host functions that guests can import from.
func instantiateHost(ctx context.Context, rt wazero.Runtime, name string, funcs []hostFunc) error {
	b := rt.NewHostModuleBuilder(name)
	for _, f := range funcs {
		b.NewFunctionBuilder().
			WithGoModuleFunction(goFunc(f), valueTypes(f.typ.Params), valueTypes(f.typ.Results)).
			Export(f.name)
	}
	if _, err := b.Instantiate(ctx); err != nil {
		return fmt.Errorf("link %s: %w", name, err)
	}
	return nil
}

func goFunc(f hostFunc) api.GoModuleFunc {
	return func(ctx context.Context, _ api.Module, stack []uint64) {
		in := invocationOf(ctx)
		in.look()
		f.run(in, stack)
	}
}

func valueTypes(types []rewrite.ValType) []api.ValueType {
	list := make([]api.ValueType, len(types))
	for i, t := range types {
		list[i] = api.ValueType(t)
	}
	return list
}

// bytes is a view of the guest's memory, to read. A bad pointer ends the call.
func (in *invocation) bytes(ptr, size uint64) []byte {
	b, ok := in.instance.mem.Read(uint32(ptr), uint32(size))
	if !ok {
		in.fail(Trap, fmt.Sprintf("bad pointer: %d bytes at %d, the memory has %d", uint32(size), uint32(ptr), in.instance.mem.Size()))
	}
	return b
}

// buffer is a view of the guest's memory, to write to. A bad pointer ends the call.
func (in *invocation) buffer(ptr, size uint64) []byte {
	b := in.bytes(ptr, size)
	in.instance.wrote(uint32(ptr), uint32(size))
	return b
}

// moved notes that so many bytes were written to the guest's memory, and counts them as the
// guest's work, as its own instructions would.
func (in *invocation) moved(ptr uint64, n int) {
	in.instance.wrote(uint32(ptr), uint32(n))
	in.worked += int64(n) / 8
}

func (in *invocation) putU32(ptr uint64, v uint32) {
	b := in.buffer(ptr, 4)
	b[0], b[1], b[2], b[3] = byte(v), byte(v>>8), byte(v>>16), byte(v>>24)
}

func (in *invocation) putU64(ptr uint64, v uint64) {
	b := in.buffer(ptr, 8)
	for i := range b {
		b[i] = byte(v >> (8 * i))
	}
}
