package rewrite

// place is where the scan is, counted over all bodies.
func (s *scan) place() int { return s.m.scanned + s.r.pos }

// carry notes that a local is assigned. To the engine's compiler it is another value then at
// the head of every loop around, the first time: with hundreds of loops in each other that
// all carry hundreds of locals it is busy for minutes, and gives the function a stack frame
// of megabytes.
func (s *scan) carry(local uint32) {
	if s.r.err != nil || len(s.loops) == 0 {
		return
	}
	m := s.m
	if n := int(s.p.localCount); len(m.assigned) < n {
		m.assigned = append(m.assigned, make([]int, n-len(m.assigned))...)
	}
	for n := len(s.loops) - 1; n >= 0 && m.assigned[local] < s.loops[n]; n-- {
		s.p.carried++
	}
	m.assigned[local] = s.place()
	if s.p.carried > maxCarried {
		s.r.fail("its loops carry more than %d locals: such code takes too long to compile", maxCarried)
	}
}
