package rewrite

// instruction reads one instruction with its immediates. An instruction that
// isn't listed here is refused.
func (s *scan) instruction() {
	at := s.r.pos
	op := s.r.byte()
	switch op {
	case opBlock, opLoop, opIf:
		s.open(op)
		return
	case opElse:
		s.otherwise()
		return
	case opEnd:
		s.close()
		return
	}
	s.pay()
	s.operands(op, at)
}

// operands reads what follows the number of an instruction, and keeps track of what is
// on the stack.
func (s *scan) operands(op byte, at int) {
	switch {
	case op == opUnreachable, op == opBr, op == opBrIf, op == opBrTable, op == opReturn:
		s.cut()
		s.jump(op, at)
		s.addrs.lose()
		return
	case op == opCall, op == opRefFunc:
		s.function(op, at)
		s.addrs.lose()
	case op == opCallIndirect:
		s.indirect()
		s.addrs.lose()
	case op == opNop, op == opDrop, op == opSelect, op == opRefIsNull, op >= opFirstNumeric && op <= opLastNumeric:
		s.addrs.follow(op)
	case op == opSelectType:
		s.r.vector(func() { s.r.valType() })
		s.addrs.lose()
	case op >= opLocalGet && op <= opTableSet:
		s.variable(op)
	case op >= opFirstLoad && op <= opLastStore:
		offset := s.memoryArgument()
		if op >= opFirstStore {
			s.store(at, storedType(op), offset)
		} else {
			s.addrs.follow(op)
		}
	case op == opMemorySize, op == opMemoryGrow:
		s.memory()
		s.addrs.follow(op)
		if op == opMemoryGrow {
			s.change(at, grow, 0)
		}
	case op >= opI32Const && op <= opF64Const:
		s.addrs.number(s.number(op))
	case op == opRefNull:
		s.r.refType()
		s.addrs.lose()
	case op == opMore:
		s.cut() // the compiler makes loops of some
		s.more(at)
		s.addrs.lose()
	case op == opVector:
		s.vector(at)
		s.addrs.lose()
	default:
		s.r.fail("instruction 0x%02x is not of WebAssembly 2.0", op)
	}
	s.apply(plainEffect(op))
}

// number reads the immediate of a constant: its value, or of a fraction -1.
func (s *scan) number(op byte) int64 {
	switch op {
	case opI32Const:
		return s.r.signed(32)
	case opI64Const:
		return s.r.signed(64)
	case opF32Const:
		s.r.bytes(4)
	case opF64Const:
		s.r.bytes(8)
	}
	return -1
}

// jump reads an instruction after which the next one may not run.
func (s *scan) jump(op byte, at int) {
	switch op {
	case opBr:
		s.branch(s.r.u32())
	case opBrIf:
		s.apply(effect{1, 0})
		s.branch(s.r.u32())
		if !s.dead {
			s.newPoint(charge)
		}
		return
	case opBrTable:
		s.apply(effect{1, 0})
		s.r.vector(s.inTable)
		s.inTable()
	case opReturn:
		s.change(at, exit, uint32(len(s.frames)-1))
		s.branch(uint32(len(s.frames) - 1))
	}
	s.dead = true
}

func (s *scan) function(op byte, at int) {
	i := s.r.index("function", s.m.funcCount())
	if op == opRefFunc {
		if !s.m.declared[i] {
			s.r.fail("ref.func of function %d, which nothing declares", i)
		}
		s.change(at, refFunc, i)
		return
	}
	s.p.calls = true
	s.change(at, call, i)
	if s.r.err == nil {
		s.called(s.m.funcType(i))
	}
}

// indirect reads call_indirect, which takes the index into the table from the stack, too.
func (s *scan) indirect() {
	t := s.r.index("type", len(s.m.types))
	s.r.index("table", len(s.m.tables))
	s.p.calls = true
	if s.r.err == nil {
		s.apply(effect{1, 0})
		s.called(s.m.types[t])
	}
}

func (s *scan) variable(op byte) {
	switch op {
	case opLocalGet, opLocalSet, opLocalTee:
		s.local(op, s.r.index("local", int(s.p.localCount)))
	case opGlobalGet, opGlobalSet:
		s.r.index("global", len(s.m.globals))
		s.addrs.follow(op)
	default:
		s.addrs.lose()
		if op == opTableSet {
			s.m.touches = "table.set"
		}
		s.table()
	}
}

// local follows what happens to a local.
func (s *scan) local(op byte, i uint32) {
	if op != opLocalGet {
		s.addrs.pop()
		s.addrs.assign(i)
	}
	if s.r.err == nil {
		s.count(op, i)
	}
	if op != opLocalSet {
		s.addrs.push(operand{kind: localOperand, local: i})
	}
}

// cut ends a straight piece of code.
func (s *scan) cut() {
	if s.first {
		s.m.lasting.cut()
	}
}

// count counts what a local costs, if it lasts.
func (s *scan) count(op byte, i uint32) {
	if s.first {
		s.m.lasting.note(op, i)
		return
	}
	if !s.m.lasting.has(i) {
		return
	}
	if !s.dead {
		s.lives.touch(i, s.p.pieces, s.m.lasting.loops(i))
	}
	if op != opLocalGet {
		s.carry(i)
	}
}

func (s *scan) table() { s.r.index("table", len(s.m.tables)) }

// memory reads the index of the only memory.
func (s *scan) memory() {
	if i := s.r.byte(); s.r.err == nil && (i != 0 || len(s.m.memories) == 0) {
		s.r.fail("memory %d does not exist", i)
	}
}

// memoryArgument reads an alignment and an offset. Bit 6 of the alignment would
// name another memory.
func (s *scan) memoryArgument() (offset uint32) {
	if align := s.r.u32(); align >= 1<<6 {
		s.r.fail("alignment %d: several memories are not allowed", align)
	}
	offset = s.r.u32()
	if len(s.m.memories) == 0 {
		s.r.fail("there is no memory")
	}
	return offset
}

// store notes a store at byte at.
func (s *scan) store(at int, typ ValType, offset uint32) {
	offset, needed := s.addrs.store(offset)
	if !needed {
		return
	}
	if s.p.stores == nil {
		s.p.stores = map[ValType]bool{}
	}
	s.p.stores[typ] = true
	s.p.changes = append(s.p.changes, change{at: at, end: at, kind: mark, index: offset, stored: typ})
}

// vectorNumber reads the number behind opVector, in its shortest form only. The
// engine reads one byte of it and goes on (to 0x01 above 127, which it takes for
// nop): it would run the immediates of a longer form, unpaid and unnoticed.
func (s *scan) vectorNumber() uint32 {
	from := s.r.pos
	n := s.r.u32()
	if size := s.r.pos - from; s.r.err == nil && (size > 2 || size == 2 && n < 1<<7) {
		s.r.fail("vector instruction %d is written in %d bytes, which is too long", n, size)
	}
	return n
}

func (s *scan) vector(at int) {
	n := s.vectorNumber()
	s.apply(vectorEffect(n))
	switch vectorForm(n) {
	case vectorNone:
	case vectorMemory, vectorMemoryLane:
		offset := s.memoryArgument()
		if vectorForm(n) == vectorMemoryLane {
			s.r.byte()
		}
		if n == vectorStore || n >= vectorFirstLaneStore && n <= vectorLastLaneStore {
			s.store(at, V128, offset)
		}
	case vectorLane:
		s.r.byte()
	case vectorBytes:
		s.r.bytes(16)
	default:
		s.r.fail("vector instruction %d is not of WebAssembly 2.0", n)
	}
}

// more reads the instructions behind 0xfc. Those that work on a range have its
// length on top of the stack.
func (s *scan) more(at int) {
	n := s.r.u32()
	s.apply(moreEffect(n))
	switch n {
	case moreMemoryInit:
		s.segment()
		s.memory()
		s.before(at, payBytes)
		s.before(at, markRange)
	case moreDataDrop:
		s.m.touches = "data.drop"
		s.segment()
	case moreMemoryCopy:
		s.memory()
		s.memory()
		s.before(at, markRange)
		s.change(at, copyPieces, 0)
	case moreMemoryFill:
		s.memory()
		s.before(at, markRange)
		s.change(at, fillPieces, 0)
	case moreTableInit:
		s.m.touches = "table.init"
		s.r.index("element segment", len(s.m.elems))
		s.table()
		s.before(at, payEntries)
	case moreElemDrop:
		s.m.touches = "elem.drop"
		s.r.index("element segment", len(s.m.elems))
	case moreTableCopy:
		s.m.touches = "table.copy"
		s.table()
		s.table()
		s.before(at, payEntries)
	case moreTableGrow, moreTableFill:
		s.m.touches = "table.grow or table.fill"
		s.table()
		s.before(at, payEntries)
	case moreTableSize:
		s.table()
	default:
		if n > moreLastTrunc {
			s.r.fail("instruction 0xfc %d is not of WebAssembly 2.0", n)
		}
	}
}

// segment reads the index of a data segment. Core specification 5.5.15: such
// instructions need the data count section.
func (s *scan) segment() {
	s.m.namesData = true
	if s.m.dataCount == nil {
		s.r.fail("a data segment is named, but there is no data count section")
	}
	s.r.index("data segment", len(s.m.datas))
}
