package rewrite

// lives counts, while a body is scanned, the values that live on from one piece of straight
// code to the next: those on the operand stack, and those that locals hold. The compiler keeps
// a list of them for each piece, and moves what is in them where pieces come together: 5,000
// values over 15,000 pieces, 70 KB, took it ten seconds and 2 GB.
//
// A local counts from where it is used first to where it is used last, and where that is in a
// loop, from the begin of the outermost one and to its end, if it may hold a value around one.
//
// The module has one for all its bodies: a body of ten bytes may name the last of 50,000 locals,
// and there may be very many.
type lives struct {
	stack []run // the operand stack, from below
	held  []span
	slots []int // by local: where in held it is, if that one is of this local
	outer int   // the piece that the outermost open loop begins with
	loops int   // how many are open
	used  []int // where in held the locals are that are used in the outermost open loop
	sum   int
}

// heldCost is what a local counts for each piece, and a value on the stack 1: of the former
// the compiler looks up through all pieces where it came from.
const heldCost = 4

// nestCost is what a piece counts for each loop that it is in: 7,000 in each other, 50 KB, took
// eleven seconds.
const nestCost = 2

// run are values on the operand stack that were put there in the same piece.
type run struct{ piece, count int }

// span is where a local is used, in pieces, and whether it is in lives.used.
type span struct {
	local    uint32
	from, to int
	used     bool
}

// begin begins a body.
func (l *lives) begin() {
	*l = lives{stack: l.stack[:0], held: l.held[:0], slots: l.slots, used: l.used[:0]}
}

// push puts so many values on the stack.
func (l *lives) push(piece, count int) {
	if count == 0 {
		return
	}
	if n := len(l.stack); n > 0 && l.stack[n-1].piece == piece {
		l.stack[n-1].count += count
		return
	}
	l.stack = append(l.stack, run{piece, count})
}

// pop takes so many values off the stack. There may be fewer: whether the code is valid is
// the engine's to say.
func (l *lives) pop(piece, count int) {
	for count > 0 && len(l.stack) > 0 {
		top := &l.stack[len(l.stack)-1]
		taken := min(count, top.count)
		l.sum += taken * (piece - top.piece)
		count -= taken
		if top.count -= taken; top.count == 0 {
			l.stack = l.stack[:len(l.stack)-1]
		}
	}
}

// touch notes that a local is read or assigned, and whether it may hold a value around a loop.
func (l *lives) touch(local uint32, piece int, around bool) {
	around = around && l.loops > 0
	begin := piece
	if around {
		begin = l.outer
	}
	slot := l.slot(local, begin)
	s := &l.held[slot]
	s.to = piece
	if around && !s.used {
		s.used = true
		l.used = append(l.used, slot)
	}
}

// slot is where in held a local is. One that is new there is used from a piece on.
func (l *lives) slot(local uint32, piece int) int {
	if n := int(local) + 1; len(l.slots) < n {
		l.slots = append(l.slots, make([]int, n-len(l.slots))...)
	}
	if slot := l.slots[local]; slot < len(l.held) && l.held[slot].local == local {
		return slot
	}
	l.slots[local] = len(l.held)
	l.held = append(l.held, span{local: local, from: piece})
	return len(l.held) - 1
}

// loop begins a loop.
func (l *lives) loop(piece int) {
	if l.loops++; l.loops == 1 {
		l.outer = piece
	}
}

// loopEnds ends the innermost loop.
func (l *lives) loopEnds(piece int) {
	if l.loops--; l.loops > 0 {
		return
	}
	for _, slot := range l.used {
		s := &l.held[slot]
		s.to, s.used = piece, false
	}
	l.used = l.used[:0]
}

// effort is what all of them count, once the body is at its end, and apart from it, for each
// piece the square of the locals that live there: where pieces come together, the compiler
// looks through all of them for each of them.
func (l *lives) effort(pieces int) (sum, squares int) {
	sum = l.sum
	changes := make([]int, pieces+1)
	for _, s := range l.held {
		sum += heldCost * (s.to - s.from)
		changes[s.from]++
		changes[s.to]--
	}
	n := 0
	for _, change := range changes {
		n += change
		squares += n * n
	}
	return sum, squares
}
