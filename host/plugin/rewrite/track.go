package rewrite

import (
	"fmt"
	"math/bits"
)

// How a tracked module tells what was written to since it was last asked. It tells
// apart Blocks.Count blocks of memory of Blocks.Bytes each, both powers of two. Memory
// beyond wraps around: bit i stands for block i, i+Count, i+2·Count and so on.
const (
	// DirtyGlobal, an i64, has a bit for each of 64 blocks. The host sets it to zero. A
	// module with little memory has it.
	DirtyGlobal = reservedPrefix + "dirty_bits"
	// DirtyExport, (i32) -> (i64, …), is what a module with more memory has instead: it
	// gives a bit for each block, from the lowest one on, and begins anew. It looks at
	// so many groups of 64 blocks as it is told to; the others' bits are zero.
	DirtyExport = reservedPrefix + "dirty"
)

const (
	groupBlocks = 64 // bits of an i64
	fewPages    = 4  // up to so many, one group has to do
	pageShift   = 16
	manyShift   = 12 // of the block's size where there are more
	maxBlocks   = 1 << 14
)

// Blocks is what a tracked module tells apart.
type Blocks struct {
	Count int
	Bytes int
}

// Blocks is how tracking divides the module's memory.
func (m *Module) Blocks() Blocks {
	shift, count := m.blocks()
	return Blocks{Count: int(count), Bytes: 1 << shift}
}

func (m *Module) blocks() (shift, count uint32) {
	pages := uint32(1)
	if len(m.memories) > 0 {
		pages = max(pages, m.memories[0].min)
	}
	wholePages := uint32(bits.Len32(pages - 1)) // log2, rounded up
	if pages <= fewPages {
		return pageShift + wholePages - 6, groupBlocks
	}
	return manyShift, min(uint32(1)<<(wholePages+pageShift-manyShift), maxBlocks)
}

// tracked are the indices of what tracking adds. Where there is one group only, its
// bits are a global. Else there is a table with an entry for each block, null or not:
// WebAssembly can't choose a global by a number.
type tracked struct {
	on         bool
	shift      uint32
	memory     bool // there is one; without it nothing is ever marked
	blocks     uint32
	table      uint32
	marks      uint32 // global: the bits, or what an entry of the table is set to
	rangeType  uint32
	groupType  uint32
	dirtyType  uint32
	markRange  uint32 // functions
	group      uint32
	dirty      uint32
	fromMarker uint32 // the function that an entry refers to; it doesn't matter which
}

func (t tracked) single() bool { return t.blocks == groupBlocks }
func (t tracked) groups() int  { return int(t.blocks / groupBlocks) }

// track gives what tracking adds its indices, behind all others.
func (m *Module) track(in *injected, nextType uint32) {
	shift, count := m.blocks()
	in.track = tracked{
		on: true, memory: len(m.memories) > 0, shift: shift, blocks: count,
		table: uint32(len(m.tables)), marks: in.refused + 1,
		rangeType: nextType, groupType: nextType + 1, dirtyType: nextType + 2,
		markRange: in.copy + 1, group: in.copy + 2, dirty: in.copy + 3,
		fromMarker: in.charge,
	}
}

// types are the function types that tracking adds, in the order of their indices.
func (t tracked) types() []FuncType {
	if !t.on {
		return nil
	}
	three := []ValType{I32, I32, I32}
	list := []FuncType{{Params: three, Results: three}}
	if t.single() {
		return list
	}
	all := make([]ValType, t.groups())
	for i := range all {
		all[i] = I64
	}
	return append(list,
		FuncType{Params: []ValType{I32}, Results: []ValType{I64}},
		FuncType{Params: []ValType{I32}, Results: all})
}

// functions are the functions that tracking adds, in the order of their indices.
func (t tracked) functions() []helper {
	if !t.on {
		return nil
	}
	list := []helper{{t.rangeType, t.markRangeBody()}}
	if t.single() {
		return list
	}
	return append(list, helper{t.groupType, t.groupBody()}, helper{t.dirtyType, t.dirtyBody()})
}

// tables are the tables that tracking adds.
func (t tracked) tables() []table {
	if !t.on || t.single() {
		return nil
	}
	return []table{{elem: FuncRef, limits: limits{min: t.blocks, max: t.blocks, hasMax: true}}}
}

// encodeGlobal writes the global that tracking adds.
func (t tracked) encodeGlobal(w *writer) {
	if t.single() {
		w.byte(byte(I64), 1, opI64Const, 0, opEnd)
		return
	}
	w.byte(byte(FuncRef), 0)
	w.op(opRefFunc, t.fromMarker)
	w.byte(opEnd)
}

// exports are the exports that tracking adds, but for the module's globals.
func (t tracked) exports() []Export {
	if t.single() {
		return []Export{{Name: DirtyGlobal, Kind: Global, index: t.marks}}
	}
	return []Export{{Name: DirtyExport, Kind: Func, index: t.dirty}}
}

// markStore writes: mark the block of (address + offset), with [address, value] on
// the stack before and after. Where the sum wraps around, the store itself traps. The
// locals hold the address, the value, and in between the block.
func (t tracked) markStore(w *writer, offset, address, value, block uint32) {
	w.op(opLocalSet, value)
	w.op(opLocalTee, address)
	if offset != 0 {
		w.i32(int32(offset))
		w.byte(opI32Add)
	}
	t.mark(w, block)
	w.op(opLocalGet, address)
	w.op(opLocalGet, value)
}

// mark writes: mark the block of the address on the stack. The local, an i64, holds
// its number where there is one group.
func (t tracked) mark(w *writer, block uint32) {
	w.i32(int32(t.shift))
	w.byte(opI32ShrU)
	if !t.single() {
		w.i32(int32(t.blocks - 1))
		w.byte(opI32And)
		w.op(opGlobalGet, t.marks)
		w.op(opTableSet, t.table)
		return
	}
	w.byte(opExtendU)
	w.op(opLocalSet, block)
	w.op(opGlobalGet, t.marks)
	w.i64(1)
	w.op(opLocalGet, block)
	w.byte(opI64Shl, opI64Or) // the shift counts modulo 64
	w.op(opGlobalSet, t.marks)
}

// markRangeBody is: func markRange(to, x, n i32) (i32, i32, i32) { mark every block of
// [to, to+n); return to, x, n }. A range longer than the memory marks nothing: the
// instruction behind it traps before it writes.
func (t tracked) markRangeBody() []byte {
	if !t.memory {
		return []byte{0, opUnreachable, opEnd}
	}
	const to, n, at, end, block = 0, 2, 3, 4, 5
	w := &writer{b: []byte{1, 3, byte(I64)}}
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
	t.mark(w, block)
	// at = the beginning of the next block
	w.op(opLocalGet, at)
	w.i64(1 << t.shift)
	w.byte(opI64Add)
	w.i64(int64(-1) << t.shift)
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

// dirtyBody is: func dirty(n i32) (i64, …) { return n > 0 ? group(0) : 0, n > 1 ?
// group(64) : 0, … }.
func (t tracked) dirtyBody() []byte {
	w := &writer{b: []byte{0}}
	for i := range t.groups() {
		w.op(opLocalGet, 0)
		w.i32(int32(i))
		w.byte(opI32GtU, opIf, byte(I64))
		w.i32(int32(i * groupBlocks))
		w.op(opCall, t.group)
		w.byte(opElse)
		w.i64(0)
		w.byte(opEnd)
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
