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
	blocks  rewrite.Blocks
	few     api.MutableGlobal // a bit for each block; nil where there are more than 64
	dirty   api.Function      // where there are
	guest   []uint64          // a bit for each block
	host    []uint64          // the same
	globals []api.MutableGlobal

	own [2]uint64 // what guest and host are where there is one group
}

func newTracker(mod api.Module, f facts) *tracker {
	t := &tracker{blocks: f.Blocks}
	// So small slices of their own would lie beside another instance's, which a call on
	// another processor writes to at the same time.
	t.guest, t.host = t.own[:1:1], t.own[1:]
	if groups := f.Blocks.Count / 64; groups > 1 {
		t.guest, t.host = make([]uint64, groups), make([]uint64, groups)
	}
	if g := mod.ExportedGlobal(rewrite.DirtyGlobal); g != nil {
		t.few = g.(api.MutableGlobal)
	} else {
		t.dirty = mod.ExportedFunction(rewrite.DirtyExport)
	}
	for _, i := range f.Globals {
		t.globals = append(t.globals, mod.ExportedGlobal(rewrite.GlobalExport(i)).(api.MutableGlobal))
	}
	return t
}

// wrote notes that the host wrote to the guest's memory.
func (t *tracker) wrote(ptr, size uint32) {
	if t == nil || size == 0 {
		return
	}
	width, mask := uint32(t.blocks.Bytes), uint32(t.blocks.Count-1)
	for block := ptr / width; block <= (ptr+size-1)/width; block++ {
		b := block & mask
		t.host[b/64] |= 1 << (b % 64)
	}
}

// each calls do with every block that was written to since the last time, in order, of
// a memory of so many bytes. The error is the engine's: then nothing is known.
func (t *tracker) each(size int, do func(block int)) error {
	if err := t.ask(size); err != nil {
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

// ask fetches the guest's marks, and clears them.
func (t *tracker) ask(size int) error {
	if t.few != nil {
		t.guest[0] = t.few.Get()
		t.few.Set(0)
		return nil
	}
	group := 64 * t.blocks.Bytes
	t.guest[0] = uint64((size + group - 1) / group)
	return t.dirty.CallWithStack(context.Background(), t.guest)
}
