package rewrite

// effect is how many values an instruction takes off the operand stack, and how many it puts
// there.
type effect struct{ takes, gives int }

// moveCost is what a value counts that goes into or out of a call, a block or a branch: it
// takes the compiler half a microsecond, and some hundred bytes. A call of three bytes can take
// and give as many as its type names.
const moveCost = 8

// apply follows an instruction's effect.
func (s *scan) apply(e effect) {
	if s.dead {
		return
	}
	s.height = max(s.height-e.takes, 0) + e.gives
	s.lives.pop(s.p.pieces, e.takes)
	s.lives.push(s.p.pieces, e.gives)
}

// move counts values that go into or out of a call, a block or a branch.
func (s *scan) move(count int) {
	if s.dead {
		return
	}
	if s.p.values += moveCost * count; s.p.values > maxValues {
		s.r.fail("its calls and blocks take and give too many values: such code takes too long to compile")
	}
}

// settle leaves on the stack what a block that begins with base leaves there.
func (s *scan) settle(base, results int) {
	s.lives.pop(s.p.pieces, max(s.height-base, 0))
	s.lives.push(s.p.pieces, results)
	s.height = base + results
}

// called is the effect of a call of a function of type t.
func (s *scan) called(t FuncType) {
	s.move(len(t.Params) + len(t.Results))
	s.apply(effect{len(t.Params), len(t.Results)})
}

// plainEffect is that of an instruction whose number says all. Core specification 5.4.
func plainEffect(op byte) effect {
	switch {
	case op == opNop, op == opLocalTee:
		return effect{}
	case op == opDrop, op == opLocalSet, op == opGlobalSet:
		return effect{1, 0}
	case op == opSelect, op == opSelectType:
		return effect{3, 1}
	case op == opLocalGet, op == opGlobalGet, op == opMemorySize, op == opRefNull, op == opRefFunc,
		op >= opI32Const && op <= opF64Const:
		return effect{0, 1}
	case op == opTableGet, op == opMemoryGrow, op == opRefIsNull, op >= opFirstLoad && op < opFirstStore:
		return effect{1, 1}
	case op == opTableSet, op >= opFirstStore && op <= opLastStore:
		return effect{2, 0}
	case op >= opFirstNumeric && op <= opLastNumeric && unary(op):
		return effect{1, 1}
	case op >= opFirstNumeric && op <= opLastNumeric:
		return effect{2, 1}
	}
	return effect{}
}

// moreEffect is that of an instruction behind opMore.
func moreEffect(n uint32) effect {
	switch n {
	case moreMemoryInit, moreMemoryCopy, moreMemoryFill, moreTableInit, moreTableCopy, moreTableFill:
		return effect{3, 0}
	case moreDataDrop, moreElemDrop:
		return effect{}
	case moreTableGrow:
		return effect{2, 1}
	case moreTableSize:
		return effect{0, 1}
	}
	return effect{1, 1} // saturating conversions
}

// vectorEffect is that of an instruction behind opVector.
func vectorEffect(n uint32) effect {
	switch {
	case n == 12: // v128.const
		return effect{0, 1}
	case n == vectorStore, n >= vectorFirstLaneStore && n <= vectorLastLaneStore:
		return effect{2, 0}
	case n == 82: // v128.bitselect
		return effect{3, 1}
	case unaryVector(n):
		return effect{1, 1}
	}
	return effect{2, 1}
}

// unaryVector says whether a vector instruction takes one operand.
func unaryVector(n uint32) bool {
	switch {
	case n <= 10, n == 92, n == 93, // loads
		n >= 15 && n <= 20, // splat
		n == 77, n == 83,   // not, any_true
		n >= 94 && n <= 100, n >= 103 && n <= 106, n == 116, n == 117, n == 122, n >= 124 && n <= 129,
		n == 131, n == 132, n >= 135 && n <= 138, n == 148, n == 160, n == 161, n == 163, n == 164, n >= 167 && n <= 170,
		n == 192, n == 193, n == 195, n == 196, n >= 199 && n <= 202, n == 224, n == 225, n == 227, n == 236, n == 237, n == 239,
		n >= 248:
		return true
	case n >= 21 && n <= 34: // extract_lane; the others are replace_lane
		return n != 23 && n != 26 && n != 28 && n != 30 && n != 32 && n != 34
	}
	return false
}
