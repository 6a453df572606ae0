package rewrite

// Reach is how far behind a block that is marked a store may have been that its mark
// stands for. Whoever undoes what a block's mark tells of undoes so much more.
const Reach = 128

const (
	// markStep is what a mark's offset is rounded down to, so that one mark does for the
	// stores around it.
	markStep = 64
	// storeBytes is the longest single store.
	storeBytes = 16
)

// addresses knows, at one place of a body, which values on the operand stack are what
// a local holds now plus a constant, and what of memory is marked already, by a local.
// It is sure of what it says: what it can't follow is unknown, and an unknown address
// is marked.
//
//   - A mark of (local + m) covers the stores from there on that end within Reach: each
//     begins in the block that is marked, or ends less than Reach behind it. No sum
//     goes around 2^32 between the two, since no memory ends there (maxTrackedPages).
//   - A mark holds as long as the local keeps its value, and until control may come
//     from elsewhere, at a label. It holds across calls: nothing unmarks memory while
//     a guest runs.
type addresses struct {
	stack  []operand         // what is below it is unknown
	marked map[uint32]uint32 // by local: the offset that was marked
}

// operand is a value on the operand stack: unknown, a constant, or a local plus one.
type operand struct {
	kind  operandKind
	local uint32
	plus  uint32 // at most maxPlus
}

type operandKind byte

const (
	unknown operandKind = iota
	constantOperand
	localOperand
)

// maxTrackedPages is the most memory that is tracked: its end is not where addresses go
// around.
const maxTrackedPages = 1<<16 - 1

// maxPlus bounds the constants that are followed.
const maxPlus = 1 << 16

// maxFollowed bounds how many operands are followed: each assignment looks through them. Of code
// that has more, some stores are marked that need not be.
const maxFollowed = 256

func (a *addresses) push(o operand) {
	if len(a.stack) == maxFollowed {
		a.stack = append(a.stack[:0], a.stack[maxFollowed/2:]...)
	}
	a.stack = append(a.stack, o)
}

func (a *addresses) pop() operand {
	n := len(a.stack)
	if n == 0 {
		return operand{}
	}
	o := a.stack[n-1]
	a.stack = a.stack[:n-1]
	return o
}

// replace pops so many values and pushes an unknown one.
func (a *addresses) replace(n int) {
	a.stack = a.stack[:max(0, len(a.stack)-n)]
	a.push(operand{})
}

// number pushes a constant.
func (a *addresses) number(value int64) {
	if value < 0 || value > maxPlus {
		a.push(operand{})
		return
	}
	a.push(operand{kind: constantOperand, plus: uint32(value)})
}

// add is an addition of 32 or 64 bits.
func (a *addresses) add() {
	x, y := a.pop(), a.pop()
	if x.kind == localOperand {
		x, y = y, x
	}
	if x.kind != constantOperand || y.kind == unknown || x.plus+y.plus > maxPlus {
		a.push(operand{})
		return
	}
	y.plus += x.plus
	a.push(y)
}

// lose forgets the stack: something happened to it that isn't followed.
func (a *addresses) lose() { a.stack = a.stack[:0] }

// label forgets everything: control may come from elsewhere.
func (a *addresses) label() {
	a.lose()
	clear(a.marked)
}

// assign notes that a local got another value.
func (a *addresses) assign(local uint32) {
	delete(a.marked, local)
	for i, o := range a.stack {
		if o.kind == localOperand && o.local == local {
			a.stack[i] = operand{}
		}
	}
}

// store pops a value and an address, and says at which offset from the address to mark,
// or that it is marked already.
func (a *addresses) store(offset uint32) (at uint32, needed bool) {
	a.pop()
	base := a.pop()
	at = offset &^ (markStep - 1)
	if base.kind != localOperand || offset > maxPlus {
		return at, true
	}
	if m, ok := a.marked[base.local]; ok && m <= base.plus+offset && base.plus+offset-m <= Reach-storeBytes {
		return at, false
	}
	if a.marked == nil {
		a.marked = map[uint32]uint32{}
	}
	a.marked[base.local] = base.plus + at
	return at, true
}

// follow follows an instruction that has no immediate but a number, or a memory
// argument, or nothing. What isn't listed makes the stack unknown.
func (a *addresses) follow(op byte) {
	switch {
	case op == opNop:
	case op == opDrop, op == opGlobalSet:
		a.pop()
	case op == opI32Add, op == opI64Add:
		a.add()
	case op == opExtendU, op == opWrapI64:
		// The same number, as far as an address goes.
	case op == opGlobalGet, op == opMemorySize:
		a.push(operand{})
	case op >= opFirstLoad && op < opFirstStore, op == opMemoryGrow:
		a.replace(1)
	case op == opSelect:
		a.replace(3)
	case op >= opFirstNumeric && op <= opLastNumeric:
		if unary(op) {
			a.replace(1)
		} else {
			a.replace(2)
		}
	default:
		a.lose()
	}
}

// unary says whether a numeric instruction takes one operand. Core specification,
// appendix A.7; the others take two.
func unary(op byte) bool {
	switch {
	case op == 0x45, op == 0x50, // eqz
		op >= 0x67 && op <= 0x69, op >= 0x79 && op <= 0x7b, // clz, ctz, popcnt
		op >= 0x8b && op <= 0x91, op >= 0x99 && op <= 0x9f, // abs to sqrt
		op >= 0xa7: // conversions, sign extension
		return true
	}
	return false
}
