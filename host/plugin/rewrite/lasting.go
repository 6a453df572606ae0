package rewrite

// lasting knows which locals of a body are read in another straight piece of code than the one
// that assigned them. The others cost the compiler nothing, however many blocks are around: it
// asks what a local holds only where it is read. Code that was compiled without optimization
// has a local of its own for whatever an instruction gives, and reads it at once.
type lasting struct {
	assigned, read []int // by local: the piece that assigned it last, and the body that reads it later
	piece, body    int   // counted over all bodies
}

// begin begins a body.
func (l *lasting) begin(locals uint32) {
	if n := int(locals); len(l.read) < n {
		l.assigned = append(l.assigned, make([]int, n-len(l.assigned))...)
		l.read = append(l.read, make([]int, n-len(l.read))...)
	}
	l.body++
	l.cut()
}

// cut ends a piece: control may come from elsewhere behind it, or go elsewhere.
func (l *lasting) cut() { l.piece++ }

// note notes that a local is read or assigned.
func (l *lasting) note(op byte, local uint32) {
	if op != opLocalGet {
		l.assigned[local] = l.piece
	} else if l.assigned[local] != l.piece {
		l.read[local] = l.body
	}
}

// has says whether a local of the body is one of them, once it was read to its end.
func (l *lasting) has(local uint32) bool { return l.read[local] == l.body }
