package rewrite

// place is where the scan is, counted over all bodies.
func (s *scan) place() int { return s.m.scanned + s.r.pos }

// carry notes that a local is assigned. To the engine's compiler it is another value then at
// the label of every block and loop around, the first time: with hundreds of loops in each
// other that all carry hundreds of locals it is busy for minutes, and gives the function a
// stack frame of megabytes.
func (s *scan) carry(local uint32) {
	m := s.m
	if n := int(s.p.localCount); len(m.assigned) < n {
		m.assigned = append(m.assigned, make([]int, n-len(m.assigned))...)
	}
	for n := len(s.frames) - 1; n > 0 && m.assigned[local] < s.frames[n].from; n-- {
		s.frames[n].assigned++
		s.p.assigned++
		if s.frames[n].op == opLoop {
			s.p.carried++
		}
	}
	m.assigned[local] = s.place()
	if s.p.carried > maxCarried || s.p.assigned > maxAssigned {
		s.r.fail("its loops and blocks carry too many locals: such code takes too long to compile")
	}
}

// join counts what it takes to join the branches to the label of a block that ends. The
// compiler looks at each of them for each of them, and for each value that they carry. From a
// table each goes by a block of its own, which moves its values and takes the square of them;
// of the locals that were assigned as a rule not all are moved.
func (s *scan) join(f frame) {
	const least = 4 // what a branch takes that carries nothing
	s.p.joined += f.branches * f.branches * (least + f.arity + f.assigned)
	moved := f.arity + f.assigned/2
	s.p.joined += f.tabled * moved * moved
	if s.p.joined > maxJoined {
		s.r.fail("too many of its branches go to the same places: such code takes too long to compile")
	}
}
