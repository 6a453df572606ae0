package rewrite

// lives knows, while a body is scanned, how many locals hold a value that is read later on, at
// each piece of straight code. The compiler keeps the list of them for each piece, and looks
// through it for each of them: 1,000 locals over 1,000 pieces, 20 KB, take it a second, and
// 5,000 half a minute.
type lives struct {
	values  []value // by local: the one that it holds
	changes []int   // by piece: how many more there are than in the one before
}

// value is what a local holds since it was assigned.
type value struct{ from, to int } // pieces: where, and where it was read last

// touch notes that a local is read or assigned in a piece. What a loop reads of before is not
// followed around: it is read in the loop.
func (l *lives) touch(local uint32, piece int, assigned bool) {
	for len(l.values) <= int(local) {
		l.values = append(l.values, value{})
	}
	v := &l.values[local]
	if !assigned {
		v.to = piece
		return
	}
	l.end(*v)
	*v = value{piece, piece}
}

// end notes where a value was held, once it is known.
func (l *lives) end(v value) {
	for len(l.changes) <= v.to {
		l.changes = append(l.changes, 0)
	}
	if v.to > v.from {
		l.changes[v.from]++
		l.changes[v.to]--
	}
}

// effort is the sum of the squares of how many there are in each piece.
func (l *lives) effort() (sum int) {
	for _, v := range l.values {
		l.end(v)
	}
	n := 0
	for _, change := range l.changes {
		n += change
		sum += n * n
	}
	return sum
}
