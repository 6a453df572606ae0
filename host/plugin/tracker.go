package plugin

import (
	"context"
	"math/bits"

	"github.com/tetratelabs/wazero/api"

	"github.com/acrhost/acrhost/host/plugin/rewrite"
)

// tracker knows what of an instance was written to: by the guest, which the rewriter
// made note it, and by the host for the guest.
type tracker struct {
	dirty   api.Function
	guest   []uint64 // a bit for each block, as rewrite.DirtyExport gives them
	host    []uint64 // the same
	mask    uint32   // the number of blocks, less one
	globals []api.MutableGlobal
}

func newTracker(mod api.Module, f facts) *tracker {
	t := &tracker{
		dirty: mod.ExportedFunction(rewrite.DirtyExport),
		guest: make([]uint64, f.blocks/64), host: make([]uint64, f.blocks/64),
		mask: uint32(f.blocks - 1),
	}
	for _, i := range f.globals {
		t.globals = append(t.globals, mod.ExportedGlobal(rewrite.GlobalExport(i)).(api.MutableGlobal))
	}
	return t
}

// wrote notes that the host wrote to the guest's memory.
func (t *tracker) wrote(ptr, size uint32) {
	if t == nil || size == 0 {
		return
	}
	for block := ptr / rewrite.BlockBytes; block <= (ptr+size-1)/rewrite.BlockBytes; block++ {
		b := block & t.mask
		t.host[b/64] |= 1 << (b % 64)
	}
}

// each calls do with every block that was written to since the last time, in order.
// The error is the engine's: then nothing is known.
func (t *tracker) each(do func(block int)) error {
	if err := t.dirty.CallWithStack(context.Background(), t.guest); err != nil {
		return err
	}
	for n := range t.guest {
		written := t.guest[n] | t.host[n]
		t.host[n] = 0
		for ; written != 0; written &= written - 1 {
			do(n*64 + bits.TrailingZeros64(written))
		}
	}
	return nil
}
