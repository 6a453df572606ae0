package rewrite

// The instructions that the rewriter treats one by one or writes itself. Core
// specification, appendix A.7.
const (
	opUnreachable  = 0x00
	opNop          = 0x01
	opBlock        = 0x02
	opLoop         = 0x03
	opIf           = 0x04
	opElse         = 0x05
	opEnd          = 0x0b
	opBr           = 0x0c
	opBrIf         = 0x0d
	opBrTable      = 0x0e
	opReturn       = 0x0f
	opCall         = 0x10
	opCallIndirect = 0x11
	opDrop         = 0x1a
	opSelect       = 0x1b
	opSelectType   = 0x1c
	opLocalGet     = 0x20
	opLocalSet     = 0x21
	opLocalTee     = 0x22
	opGlobalGet    = 0x23
	opGlobalSet    = 0x24
	opTableGet     = 0x25
	opTableSet     = 0x26
	opFirstLoad    = 0x28 // to 0x3e: loads and stores, with a memory argument
	opFirstStore   = 0x36
	opLastStore    = 0x3e
	opMemorySize   = 0x3f
	opMemoryGrow   = 0x40
	opI32Const     = 0x41
	opI64Const     = 0x42
	opF32Const     = 0x43
	opF64Const     = 0x44
	opFirstNumeric = 0x45 // to 0xc4: comparison, arithmetic, conversion, sign extension
	opLastNumeric  = 0xc4
	opRefNull      = 0xd0
	opRefIsNull    = 0xd1
	opRefFunc      = 0xd2
	opMore         = 0xfc // a second number follows
	opVector       = 0xfd // a second number follows

	opI32Eq     = 0x46
	opI32Eqz    = 0x45
	opI32GtU    = 0x4b
	opI32LeU    = 0x4d
	opI32LtS    = 0x48
	opI32Add    = 0x6a
	opI32Sub    = 0x6b
	opI32And    = 0x71
	opI32ShrU   = 0x76
	opI64Ne     = 0x52
	opI64LtS    = 0x53
	opI64GtU    = 0x56
	opI64LeU    = 0x58
	opI64GeU    = 0x5a
	opI64Add    = 0x7c
	opI64Sub    = 0x7d
	opI64And    = 0x83
	opI64Or     = 0x84
	opI64Shl    = 0x86
	opI64ShrU   = 0x88
	opWrapI64   = 0xa7 // i32.wrap_i64
	opExtendU   = 0xad // i64.extend_i32_u
	emptyResult = 0x40 // the block type () -> ()
)

// storedType is the type of the value that a store (opFirstStore to opLastStore)
// takes.
func storedType(op byte) ValType {
	switch op {
	case 0x37, 0x3c, 0x3d, 0x3e: // i64.store and its narrow forms
		return I64
	case 0x38:
		return F32
	case 0x39:
		return F64
	}
	return I32
}

// The numbers behind opVector of the instructions that store.
const (
	vectorStore          = 11
	vectorFirstLaneStore = 88 // v128.store8_lane to v128.store64_lane
	vectorLastLaneStore  = 91
)

// The numbers behind opMore.
const (
	moreLastTrunc  = 7 // 0 to 7: saturating conversions
	moreMemoryInit = 8
	moreDataDrop   = 9
	moreMemoryCopy = 10
	moreMemoryFill = 11
	moreTableInit  = 12
	moreElemDrop   = 13
	moreTableCopy  = 14
	moreTableGrow  = 15
	moreTableSize  = 16
	moreTableFill  = 17
)

// vectorImmediate is what follows the number of a vector instruction.
type vectorImmediate byte

const (
	vectorUnknown vectorImmediate = iota
	vectorNone
	vectorMemory
	vectorMemoryLane
	vectorLane
	vectorBytes // 16 of them
)

// vectorForm says what a vector instruction carries. Relaxed instructions (from
// 256) and the numbers that the specification left free are unknown.
func vectorForm(n uint32) vectorImmediate {
	switch {
	case n <= 11, n == 92, n == 93:
		return vectorMemory
	case n == 12, n == 13:
		return vectorBytes
	case n >= 21 && n <= 34:
		return vectorLane
	case n >= 84 && n <= 91:
		return vectorMemoryLane
	}
	switch n {
	case 0x9a, 0xa2, 0xa5, 0xa6, 0xaf, 0xb0, 0xb2, 0xb3, 0xb4, 0xbb,
		0xc2, 0xc5, 0xc6, 0xcf, 0xd0, 0xd2, 0xd3, 0xd4, 0xe2, 0xee:
		return vectorUnknown
	}
	if n > 0xff {
		return vectorUnknown
	}
	return vectorNone
}
