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
// a local holds now, and what of memory is marked already, by a local. It is sure of
// what it says: what it can't follow is unknown, and an unknown address is marked.
//
//   - A mark of (local + m), m a multiple of markStep, covers the stores from there
//     on that end within Reach: each begins in the block that is marked, or ends
//     less than Reach behind it.
//   - A mark holds as long as the local keeps its value, and until control may come
//     from elsewhere, at a label. It holds across calls: nothing unmarks memory while
//     a guest runs.
type addresses struct {
	stack  []uint32          // local + 1, or 0 for unknown; what is below it is unknown too
	marked map[uint32]uint32 // by local: the offset that was marked
}

const unknown = 0

func (a *addresses) push(v uint32) { a.stack = append(a.stack, v) }

func (a *addresses) pop() uint32 {
	n := len(a.stack)
	if n == 0 {
		return unknown
	}
	v := a.stack[n-1]
	a.stack = a.stack[:n-1]
	return v
}

// replace pops so many values and pushes an unknown one.
func (a *addresses) replace(n int) {
	a.stack = a.stack[:max(0, len(a.stack)-n)]
	a.push(unknown)
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
	for i, v := range a.stack {
		if v == local+1 {
			a.stack[i] = unknown
		}
	}
}

// store pops a value and an address, and says at which offset from the address to mark,
// or that it is marked already.
func (a *addresses) store(offset uint32) (at uint32, needed bool) {
	a.pop()
	base := a.pop()
	at = offset &^ (markStep - 1)
	if base == unknown {
		return at, true
	}
	if m, ok := a.marked[base-1]; ok && m <= offset && offset-m <= Reach-storeBytes {
		return at, false
	}
	if a.marked == nil {
		a.marked = map[uint32]uint32{}
	}
	a.marked[base-1] = at
	return at, true
}

// follow follows an instruction that has no immediate but a number, or a memory
// argument, or nothing. What isn't listed makes the stack unknown.
func (a *addresses) follow(op byte) {
	switch {
	case op == opNop:
	case op == opDrop, op == opGlobalSet:
		a.pop()
	case op >= opI32Const && op <= opF64Const, op == opGlobalGet, op == opMemorySize:
		a.push(unknown)
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
