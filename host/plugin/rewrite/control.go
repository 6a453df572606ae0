package rewrite

// open begins a block, a loop or an if.
func (s *scan) open(op byte) {
	params, results := s.blockType()
	arity := results
	if op == opLoop {
		arity = params
	}
	if len(s.frames) > maxNesting {
		s.r.fail("blocks are nested more than %d deep", maxNesting)
		return
	}
	if op == opLoop {
		s.addrs.label()
	} else {
		s.addrs.lose()
	}
	if s.first {
		s.m.lasting.open(op)
	}
	dead := s.dead
	if op == opIf {
		s.apply(effect{1, 0})
	}
	s.move(params + results)
	s.frames = append(s.frames, frame{op: op, dead: dead, from: s.place(), base: max(s.height-params, 0), params: params, results: results, arity: arity})
	switch {
	case dead:
	case op == opLoop:
		// Every cycle passes a loop head or a function entry: this is where a runaway
		// guest is stopped.
		s.newPoint(check)
		s.lives.loop(s.p.pieces)
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
	if s.first {
		s.m.lasting.otherwise()
	}
	f.hasElse, f.thenDead = true, s.dead
	if s.dead = f.dead; !s.dead {
		s.newPoint(charge)
		s.settle(f.base, f.params)
	}
}

// close handles end: does the code after it belong to the same straight piece?
func (s *scan) close() {
	s.addrs.label()
	f := s.frames[len(s.frames)-1]
	s.frames = s.frames[:len(s.frames)-1]
	if s.first {
		s.m.lasting.close()
	}
	s.join(f)
	if f.op == opLoop && !f.dead {
		s.lives.loopEnds(s.p.pieces)
	}
	if len(s.frames) == 0 {
		return
	}
	if f.dead {
		s.dead = true
		return
	}
	switch {
	case f.op == opIf && !f.hasElse, f.op != opLoop && f.targeted:
		s.newPoint(charge)
	case f.op == opIf && (!f.thenDead || !s.dead):
		s.newPoint(charge)
	}
	// A block that nothing branches to ends where its code ends, and so does a loop,
	// whose label is its head: the piece goes on, dead or alive.
	s.settle(f.base, f.results)
}

// branch marks the target of a branch that is in no table.
func (s *scan) branch(label uint32) {
	if s.target(label); s.r.err == nil && !s.dead {
		f := &s.frames[len(s.frames)-1-int(label)]
		f.branches++
		s.move(f.arity)
	}
}

// inTable marks a target of a table of branches.
func (s *scan) inTable() {
	if s.p.targets++; s.p.targets > maxTargets {
		s.r.fail("its tables of branches have more than %d labels: such code takes too long to compile", maxTargets)
	}
	label := s.r.u32()
	if s.target(label); s.r.err == nil && !s.dead {
		f := &s.frames[len(s.frames)-1-int(label)]
		f.tabled++
		s.move(f.arity)
	}
}

// target marks the target of a branch.
func (s *scan) target(label uint32) {
	if uint64(label) >= uint64(len(s.frames)) {
		s.r.fail("label %d does not exist", label)
		return
	}
	if !s.dead {
		s.frames[len(s.frames)-1-int(label)].targeted = true
	}
}

// blockType reads the type of a block: empty, a value type or a type index, which
// share one signed number (core specification 5.4.1). It gives how many values go in and
// come out.
func (s *scan) blockType() (params, results int) {
	if !s.r.more() {
		s.r.fail("unexpected end")
		return 0, 0
	}
	if b := s.r.b[s.r.pos]; b == emptyResult {
		s.r.pos++
		return 0, 0
	} else if b&0xc0 == 0x40 {
		s.r.valType()
		return 0, 1
	}
	i := s.r.signed(33)
	if i < 0 || i >= int64(len(s.m.types)) {
		s.r.fail("type %d does not exist", i)
		return 0, 0
	}
	t := s.m.types[i]
	return len(t.Params), len(t.Results)
}
