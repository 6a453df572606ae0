package rewrite

import (
	"fmt"
	"math/bits"
)

// BlockBytes is the size of the blocks of memory that tracking tells apart.
const BlockBytes = 1 << blockShift

// StoreBytes is the longest single store. One that begins in a block may reach so
// far, less one byte, into the next, and is noted for the first only.
const StoreBytes = 16

// DirtyExport is the function of a tracked module that gives a bit for each block
// that was written to since it was called last, as so many i64 as Blocks needs.
const DirtyExport = reservedPrefix + "dirty"

const (
	blockShift    = 12
	blocksPerPage = 1 << (16 - blockShift)
	groupBlocks   = 64 // bits of an i64
	maxBlocks     = 1 << 14
)

// Blocks is how many blocks a tracked module tells apart, a power of two. Memory
// beyond wraps around: bit i stands for block i, i+Blocks, i+2·Blocks and so on.
func (m *Module) Blocks() int {
	n := uint32(groupBlocks)
	if len(m.memories) > 0 {
		n = max(n, m.memories[0].min*blocksPerPage)
	}
	return min(1<<bits.Len32(n-1), maxBlocks)
}

// tracked are the indices of what tracking adds.
type tracked struct {
	on         bool
	memory     bool // there is one; without it nothing is ever marked
	blocks     uint32
	table      uint32 // an entry for each block: null, or the marker
	marker     uint32 // global
	rangeType  uint32
	groupType  uint32
	dirtyType  uint32
	markRange  uint32 // functions
	group      uint32
	dirty      uint32
	fromMarker uint32 // the function that the marker refers to; it doesn't matter which
}

func (t tracked) groups() int { return int(t.blocks / groupBlocks) }

// track gives what tracking adds its indices, behind all others.
func (m *Module) track(in *injected, nextType uint32) {
	in.track = tracked{
		on: true, memory: len(m.memories) > 0, blocks: uint32(m.Blocks()),
		table: uint32(len(m.tables)), marker: in.refused + 1,
		rangeType: nextType, groupType: nextType + 1, dirtyType: nextType + 2,
		markRange: in.grow + 1, group: in.grow + 2, dirty: in.grow + 3,
		fromMarker: in.charge,
	}
}

// types are the function types that tracking adds, in the order of their indices.
func (t tracked) types() []FuncType {
	if !t.on {
		return nil
	}
	three := []ValType{I32, I32, I32}
	all := make([]ValType, t.groups())
	for i := range all {
		all[i] = I64
	}
	return []FuncType{
		{Params: three, Results: three},
		{Params: []ValType{I32}, Results: []ValType{I64}},
		{Results: all},
	}
}

// functions are the functions that tracking adds, in the order of their indices.
func (t tracked) functions() []helper {
	if !t.on {
		return nil
	}
	return []helper{
		{t.rangeType, t.markRangeBody()},
		{t.groupType, t.groupBody()},
		{t.dirtyType, t.dirtyBody()},
	}
}

// markStore writes: mark the block of (address + offset), with [address, value] on
// the stack before and after. Where the sum wraps around, the store itself traps.
func (t tracked) markStore(w *writer, offset, address, value uint32) {
	w.op(opLocalSet, value)
	w.op(opLocalTee, address)
	if offset != 0 {
		w.i32(int32(offset))
		w.byte(opI32Add)
	}
	t.mark(w)
	w.op(opLocalGet, address)
	w.op(opLocalGet, value)
}

// mark writes: mark the block of the address on the stack.
func (t tracked) mark(w *writer) {
	w.i32(blockShift)
	w.byte(opI32ShrU)
	w.i32(int32(t.blocks - 1))
	w.byte(opI32And)
	w.op(opGlobalGet, t.marker)
	w.op(opTableSet, t.table)
}

// markRangeBody is: func markRange(to, x, n i32) (i32, i32, i32) { mark every block of
// [to, to+n); return to, x, n }. A range longer than the memory marks nothing: the
// instruction behind it traps before it writes.
func (t tracked) markRangeBody() []byte {
	if !t.memory {
		return []byte{0, opUnreachable, opEnd}
	}
	const to, n, at, end = 0, 2, 3, 4
	w := &writer{b: []byte{1, 2, byte(I64)}}
	w.byte(opBlock, emptyResult)
	w.op(opLocalGet, n)
	w.byte(opI32Eqz)
	w.op(opBrIf, 0)
	// end = to + n - 1, as i64; beyond the memory: leave
	w.op(opLocalGet, to)
	w.byte(opExtendU)
	w.op(opLocalTee, at)
	w.op(opLocalGet, n)
	w.byte(opExtendU, opI64Add)
	w.i64(1)
	w.byte(opI64Sub)
	w.op(opLocalTee, end)
	w.byte(opMemorySize, 0, opExtendU)
	w.i64(16)
	w.byte(opI64Shl, opI64GeU)
	w.op(opBrIf, 0)
	w.byte(opLoop, emptyResult)
	w.op(opLocalGet, at)
	w.byte(opWrapI64)
	t.mark(w)
	// at = the beginning of the next block
	w.op(opLocalGet, at)
	w.i64(BlockBytes)
	w.byte(opI64Add)
	w.i64(-BlockBytes)
	w.byte(opI64And)
	w.op(opLocalTee, at)
	w.op(opLocalGet, end)
	w.byte(opI64LeU)
	w.op(opBrIf, 0)
	w.byte(opEnd, opEnd)
	for i := range uint32(3) {
		w.op(opLocalGet, i)
	}
	w.byte(opEnd)
	return w.b
}

// groupBody is: func group(at i32) (bits i64) { for each of 64 blocks: a bit, and the
// entry is null again }.
func (t tracked) groupBody() []byte {
	const at, set = 0, 1
	w := &writer{b: []byte{1, 1, byte(I64)}}
	w.byte(opLoop, emptyResult)
	w.op(opLocalGet, set)
	w.op(opLocalGet, at)
	w.op(opTableGet, t.table)
	w.byte(opRefIsNull, opI32Eqz, opExtendU)
	w.op(opLocalGet, at)
	w.byte(opExtendU, opI64Shl, opI64Or) // the shift counts modulo 64
	w.op(opLocalSet, set)
	w.op(opLocalGet, at)
	w.i32(1)
	w.byte(opI32Add)
	w.op(opLocalTee, at)
	w.i32(groupBlocks - 1)
	w.byte(opI32And)
	w.op(opBrIf, 0)
	w.byte(opEnd)
	w.op(opLocalGet, set)
	w.i64(0)
	w.byte(opI64Ne, opIf, emptyResult)
	w.op(opLocalGet, at)
	w.i32(groupBlocks)
	w.byte(opI32Sub, opRefNull, byte(FuncRef))
	w.i32(groupBlocks)
	w.byte(opMore, moreTableFill)
	w.u32(t.table)
	w.byte(opEnd)
	w.op(opLocalGet, set)
	w.byte(opEnd)
	return w.b
}

// dirtyBody is: func dirty() (i64, …) { return group(0), group(64), … }.
func (t tracked) dirtyBody() []byte {
	w := &writer{b: []byte{0}}
	for i := range t.groups() {
		w.i32(int32(i * groupBlocks))
		w.op(opCall, t.group)
	}
	w.byte(opEnd)
	return w.b
}

// Restorable says why an instance of the module can't be put back to where it was by
// its memory and its numeric globals alone; nil when it can. The text completes "it
// …".
func (m *Module) Restorable() error {
	if err := m.scanAll(); err != nil {
		return err
	}
	if m.touches != "" {
		return fmt.Errorf("uses %s, which changes what no copy of the memory brings back", m.touches)
	}
	for i, g := range m.globals {
		if g.mutable && (g.typ == V128 || g.typ == FuncRef || g.typ == ExternRef) {
			return fmt.Errorf("has the mutable global %d of the type %s, which the host can't set", i, g.typ)
		}
	}
	if len(m.memories) == 0 || m.memories[0].min == 0 {
		return fmt.Errorf("has no memory at its start")
	}
	return nil
}

// GlobalExport is the name under which a tracked module exports its mutable global
// i, so that the host can save and restore it.
func GlobalExport(i int) string { return fmt.Sprintf("%sglobal.%d", reservedPrefix, i) }

// MutableGlobals are the indices of the mutable globals.
func (m *Module) MutableGlobals() []int {
	var list []int
	for i, g := range m.globals {
		if g.mutable {
			list = append(list, i)
		}
	}
	return list
}
