package rewrite_test

import (
	"bytes"
	"context"
	"testing"

	"github.com/tetratelabs/wazero/api"

	"github.com/acrhost/acrhost/host/plugin/rewrite"
)

// checkBlocks holds that every byte that the call changed lies in a block that is
// reported, or so near behind one that a store reaches it.
func (f *family) checkBlocks(t *testing.T, where string) {
	t.Helper()
	f.bits = f.dirty(t)
	if len(f.bits)*64 != f.blocks.Count {
		t.Fatalf("%s: %d bits for %d blocks", where, len(f.bits)*64, f.blocks.Count)
	}
	if at := f.escaped(f.tracked.desk.apply(f.old), f.tracked.image()); at >= 0 {
		t.Errorf("%s: byte %#x changed, but its block is not reported: %x", where, at, f.bits)
	}
}

// reported says whether block n of the memory was reported after the last call.
func (f *family) reported(n int) bool {
	bit := n % f.blocks.Count
	return f.bits[bit/64]>>(bit%64)&1 != 0
}

// escaped is the first byte that differs and that no reported block tells of; -1 when
// there is none. What the memory grew by was zero before.
func (f *family) escaped(old, now []byte) int {
	zero := make([]byte, f.blocks.Bytes)
	reach := 0 // what is told of ends here
	for from := 0; from < len(now); from += f.blocks.Bytes {
		end := from + f.blocks.Bytes
		if f.reported(from / f.blocks.Bytes) {
			reach = end + rewrite.Reach
			continue
		}
		was, is := zero, now[from:end]
		if from < len(old) {
			was = old[from:end]
		}
		if bytes.Equal(was, is) {
			continue
		}
		for n := max(0, reach-from); n < len(is); n++ {
			if was[n] != is[n] {
				return from + n
			}
		}
	}
	return -1
}

// dirty takes the marks of the blocks that were written to, as the host does: of so
// much memory as there is.
func (f *family) dirty(t testing.TB) []uint64 {
	t.Helper()
	if few, ok := f.tracked.ExportedGlobal(rewrite.DirtyGlobal).(api.MutableGlobal); ok {
		bits := few.Get()
		few.Set(0)
		return []uint64{bits}
	}
	group := 64 * f.blocks.Bytes
	groups := (len(f.tracked.image()) + group - 1) / group
	bits, err := f.tracked.ExportedFunction(rewrite.DirtyExport).Call(context.Background(), uint64(groups))
	if err != nil {
		t.Fatal(err)
	}
	return bits
}
