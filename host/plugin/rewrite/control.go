package rewrite

// open begins a block, a loop or an if.
func (s *scan) open(op byte) {
	s.blockType()
	if len(s.frames) > maxNesting {
		s.r.fail("blocks are nested more than %d deep", maxNesting)
		return
	}
	if op == opLoop {
		s.addrs.label()
	} else {
		s.addrs.lose()
	}
	dead := s.dead
	s.frames = append(s.frames, frame{op: op, dead: dead})
	switch {
	case dead:
	case op == opLoop:
		s.loops = append(s.loops, s.place())
		// Every cycle passes a loop head or a function entry: this is where a runaway
		// guest is stopped.
		s.newPoint(check)
	case op == opIf:
		s.pay()
		s.newPoint(charge)
	}
}

// otherwise handles else.
func (s *scan) otherwise() {
	s.addrs.label()
	f := &s.frames[len(s.frames)-1]
	if f.op != opIf || f.hasElse {
		s.r.fail("else without if")
		return
	}
	f.hasElse, f.thenDead = true, s.dead
	if s.dead = f.dead; !s.dead {
		s.newPoint(charge)
	}
}

// close handles end: does the code after it belong to the same straight piece?
func (s *scan) close() {
	s.addrs.label()
	f := s.frames[len(s.frames)-1]
	s.frames = s.frames[:len(s.frames)-1]
	if len(s.frames) == 0 {
		return
	}
	if f.op == opLoop && !f.dead {
		s.loops = s.loops[:len(s.loops)-1]
	}
	switch {
	case f.dead:
		s.dead = true
	case f.op == opIf && !f.hasElse, f.op != opLoop && f.targeted:
		s.newPoint(charge)
	case f.op == opIf && (!f.thenDead || !s.dead):
		s.newPoint(charge)
	}
	// A block that nothing branches to ends where its code ends, and so does a loop,
	// whose label is its head: the piece goes on, dead or alive.
}

// branch marks the target of a branch.
func (s *scan) branch(label uint32) {
	if uint64(label) >= uint64(len(s.frames)) {
		s.r.fail("label %d does not exist", label)
		return
	}
	if !s.dead {
		s.frames[len(s.frames)-1-int(label)].targeted = true
	}
}

// blockType reads the type of a block: empty, a value type or a type index, which
// share one signed number (core specification 5.4.1).
func (s *scan) blockType() {
	if !s.r.more() {
		s.r.fail("unexpected end")
		return
	}
	if b := s.r.b[s.r.pos]; b == emptyResult {
		s.r.pos++
		return
	} else if b&0xc0 == 0x40 {
		s.r.valType()
		return
	}
	if i := s.r.signed(33); i < 0 || i >= int64(len(s.m.types)) {
		s.r.fail("type %d does not exist", i)
	}
}
