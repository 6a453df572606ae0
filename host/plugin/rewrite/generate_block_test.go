package rewrite_test

// block writes a block or an if (whose condition is there), with parameters and
// results, which end up in locals.
func (c *coder) block(op byte, depth int) {
	ps, rs := c.p.d.types(2), c.p.d.types(2)
	if op == 0x04 { // the condition comes last
		c.op(0x21, c.variables(i32)[0])
		c.values(ps, depth-1)
		c.op(0x20, c.variables(i32)[0])
	} else {
		c.values(ps, depth-1)
	}
	c.emit(op)
	c.blockType(ps, rs)
	c.labels = append(c.labels, label{rs})
	c.part(ps, rs, depth)
	if op == 0x04 && (string(ps) != string(rs) || c.below(2) == 0) {
		c.emit(0x05)
		c.part(ps, rs, depth)
	}
	c.labels = c.labels[:len(c.labels)-1]
	c.emit(0x0b)
	c.keep(rs)
}

func (c *coder) part(ps, rs []byte, depth int) {
	c.keep(ps)
	c.statements(depth)
	c.values(rs, depth-1)
}

// loop writes a loop that its counter ends, unless its body jumps to its head.
func (c *coder) loop(depth int) {
	if c.loops == maxLoops {
		return
	}
	n := c.counter(c.loops)
	c.loops++
	ps := c.p.d.types(2)
	c.i32(int32(1 + c.below(20)))
	c.op(0x21, n)
	c.values(ps, depth-1)
	c.emit(0x03)
	c.blockType(ps, ps)
	c.labels = append(c.labels, label{ps})
	c.round()
	c.part(ps, ps, depth)
	c.op(0x20, n)
	c.emit(0x41, 1, 0x6b)
	c.op(0x22, n)
	c.op(0x0d, 0)
	c.labels = c.labels[:len(c.labels)-1]
	c.loops--
	c.emit(0x0b)
	c.keep(ps)
}
