package rewrite

// lasting knows which locals of a body are read in another straight piece of code than the one
// that assigned them. The others cost the compiler nothing, however many blocks are around: it
// asks what a local holds only where it is read. Code that was compiled without optimization
// has a local of its own for whatever an instruction gives, and reads it at once.
//
// Of those that last it knows which may hold a value around a loop: all but those of which each
// read gets what the last assignment before it, in the text, gave in the same turn of the
// innermost loop. It does if that stands in a block that is still open, in no loop that was begun
// since: no way leads to the read but by it.
type lasting struct {
	assigned, read []int // by local: the piece that assigned it last, and the body that reads it later
	given, around  []int // by local: the loop that assigned it in a block that is open, and the body that may hold it around one
	piece, body    int   // counted over all bodies
	blocks         []openBlock
	undo           []uint32 // locals that were assigned in open blocks
	begun          int      // loops and bodies
}

// openBlock is where its assignments begin in undo, and the innermost loop, or body.
type openBlock struct{ undo, loop int }

// begin begins a body.
func (l *lasting) begin(locals uint32) {
	for _, list := range []*[]int{&l.assigned, &l.read, &l.given, &l.around} {
		if n := int(locals) - len(*list); n > 0 {
			*list = append(*list, make([]int, n)...)
		}
	}
	l.body++
	l.blocks, l.undo = l.blocks[:0], l.undo[:0]
	l.open(opLoop)
}

// cut ends a piece: control may come from elsewhere behind it, or go elsewhere.
func (l *lasting) cut() { l.piece++ }

// open begins a block, a loop or an if.
func (l *lasting) open(op byte) {
	l.cut()
	b := openBlock{undo: len(l.undo)}
	if op == opLoop {
		l.begun++
		b.loop = l.begun
	} else {
		b.loop = l.loop()
	}
	l.blocks = append(l.blocks, b)
}

// otherwise is at else: what the first branch assigned is not known in the other.
func (l *lasting) otherwise() {
	l.cut()
	b := l.blocks[len(l.blocks)-1]
	for _, local := range l.undo[b.undo:] {
		l.given[local] = 0
	}
}

// close ends a block.
func (l *lasting) close() {
	l.otherwise()
	n := len(l.blocks) - 1
	l.undo = l.undo[:l.blocks[n].undo]
	l.blocks = l.blocks[:n]
}

func (l *lasting) loop() int { return l.blocks[len(l.blocks)-1].loop }

// note notes that a local is read or assigned.
func (l *lasting) note(op byte, local uint32) {
	if op != opLocalGet {
		l.assigned[local], l.given[local] = l.piece, l.loop()
		l.undo = append(l.undo, local)
		return
	}
	if l.assigned[local] != l.piece {
		l.read[local] = l.body
	}
	if l.given[local] != l.loop() {
		l.around[local] = l.body
	}
}

// has says whether a local of the body is one of them, once it was read to its end.
func (l *lasting) has(local uint32) bool { return l.read[local] == l.body }

// loops says the same of those that may hold a value around a loop.
func (l *lasting) loops(local uint32) bool { return l.around[local] == l.body }
