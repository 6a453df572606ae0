package rewrite

// bulkBytes is how much of memory one instruction of a rewritten module writes at most. An
// instruction can't be interrupted: while it writes 32 MiB, some milliseconds, its thread
// answers neither its own clock nor a collector that has to stop all threads, and with it
// everybody waits. A multiple of what costs 1, so that the pieces cost what the whole does.
const bulkBytes = 64 << 10

// bulkTypes are the function types of bulkHelpers.
func bulkTypes() []FuncType { return []FuncType{{Params: []ValType{I32, I32, I32}}} }

// bulkHelpers are memory.fill and memory.copy in pieces, each of which is paid for. Nobody
// sees a piece that was written before fuel or time ran out: the instance is thrown away.
// Without a memory nothing calls them.
func (m *Module) bulkHelpers(in *injected) []helper {
	if len(m.memories) == 0 {
		trap := helper{in.bulkType, []byte{0, opUnreachable, opEnd}}
		return []helper{trap, trap}
	}
	return []helper{{in.bulkType, in.fillBody()}, {in.bulkType, in.copyBody()}}
}

// The parameters of both: where to, what (a byte, or where it is), and how many bytes.
const bulkTo, bulkWhat, bulkCount = 0, 1, 2

// fillBody is: func fill(to, what, n i32) {
//
//	if n > bulkBytes {
//		if to + n > size of memory { memory.fill(to, what, n), which traps }
//		do { pay(bulkBytes); memory.fill(to, what, bulkBytes); to += bulkBytes; n -= bulkBytes } while n > bulkBytes
//	}
//	pay(n); memory.fill(to, what, n)
//
// }.
func (in *injected) fillBody() []byte {
	w := &writer{b: []byte{0}} // no locals
	beyondPiece(w)
	w.byte(opIf, emptyResult)
	orTrap(w, fillRange, bulkTo)
	w.byte(opLoop, emptyResult)
	in.payPiece(w)
	w.op(opLocalGet, bulkTo)
	w.op(opLocalGet, bulkWhat)
	w.i32(bulkBytes)
	fillRange(w)
	step(w, bulkTo, opI32Add)
	step(w, bulkCount, opI32Sub)
	beyondPiece(w)
	w.op(opBrIf, 0)
	w.byte(opEnd, opEnd)
	in.payRest(w)
	all(w)
	fillRange(w)
	w.byte(opEnd)
	return w.b
}

// copyBody is the same for memory.copy. What lies behind where it is to go is copied from
// the front on, and all else from the end: no piece overwrites what is still to be copied.
func (in *injected) copyBody() []byte {
	w := &writer{b: []byte{0}} // no locals
	beyondPiece(w)
	w.byte(opIf, emptyResult)
	orTrap(w, copyRange, bulkTo)
	orTrap(w, copyRange, bulkWhat)
	w.byte(opLoop, emptyResult)
	in.payPiece(w)
	w.op(opLocalGet, bulkTo)
	w.op(opLocalGet, bulkWhat)
	w.byte(opI32LeU, opIf, emptyResult)
	w.op(opLocalGet, bulkTo)
	w.op(opLocalGet, bulkWhat)
	w.i32(bulkBytes)
	copyRange(w)
	step(w, bulkTo, opI32Add)
	step(w, bulkWhat, opI32Add)
	step(w, bulkCount, opI32Sub)
	w.byte(opElse)
	step(w, bulkCount, opI32Sub)
	for _, from := range []uint32{bulkTo, bulkWhat} {
		w.op(opLocalGet, from)
		w.op(opLocalGet, bulkCount)
		w.byte(opI32Add)
	}
	w.i32(bulkBytes)
	copyRange(w)
	w.byte(opEnd)
	beyondPiece(w)
	w.op(opBrIf, 0)
	w.byte(opEnd, opEnd)
	in.payRest(w)
	all(w)
	copyRange(w)
	w.byte(opEnd)
	return w.b
}

func fillRange(w *writer) { w.byte(opMore, moreMemoryFill, 0) }
func copyRange(w *writer) { w.byte(opMore, moreMemoryCopy, 0, 0) }

// all pushes the parameters as they are by now.
func all(w *writer) {
	for _, local := range []uint32{bulkTo, bulkWhat, bulkCount} {
		w.op(opLocalGet, local)
	}
}

// beyondPiece pushes: n > bulkBytes.
func beyondPiece(w *writer) {
	w.op(opLocalGet, bulkCount)
	w.i32(bulkBytes)
	w.byte(opI32GtU)
}

// orTrap writes: if at + n > size of memory { the whole instruction, which traps }.
func orTrap(w *writer, instruction func(*writer), at uint32) {
	w.op(opLocalGet, at)
	w.byte(opExtendU)
	w.op(opLocalGet, bulkCount)
	w.byte(opExtendU, opI64Add)
	w.byte(opMemorySize, 0, opExtendU)
	w.i64(16)
	w.byte(opI64Shl, opI64GtU, opIf, emptyResult)
	all(w)
	instruction(w)
	w.byte(opEnd)
}

// step writes: local = local + or - bulkBytes.
func step(w *writer, local uint32, op byte) {
	w.op(opLocalGet, local)
	w.i32(bulkBytes)
	w.byte(op)
	w.op(opLocalSet, local)
}

// payPiece takes the fuel for a piece, and lets the host look at the clock: a piece may
// take as long as all the instructions that fuel is handed out for at a time, where memory
// is touched for the first time.
func (in *injected) payPiece(w *writer) {
	in.take(w, bulkBytes>>bytesPerFuel)
	w.op(opCall, in.slow)
}

// payRest takes the fuel for n bytes.
func (in *injected) payRest(w *writer) {
	w.op(opGlobalGet, in.fuel)
	w.op(opLocalGet, bulkCount)
	w.byte(opExtendU)
	w.i64(bytesPerFuel)
	w.byte(opI64ShrU, opI64Sub)
	w.op(opGlobalSet, in.fuel)
	w.op(opGlobalGet, in.fuel)
	in.orSlow(w)
}
