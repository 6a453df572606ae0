package rewrite_test

// constant writes a constant of type t.
func (c *coder) constant(t byte) {
	switch t {
	case i32:
		list := []int32{0, 1, -1, 4095, 4096, 1 << 16, -1 << 31, 77, int32(c.p.d.byte())}
		c.i32(list[c.below(len(list))])
	case i64:
		list := []int64{0, 1, -1, 1 << 32, -1 << 63, int64(c.p.d.byte())}
		c.emit(0x42)
		c.emit(sleb(list[c.below(len(list))])...)
	case f32:
		c.emit(0x43)
		c.emit([][]byte{{0, 0, 0, 0}, {0, 0, 0x80, 0x3f}, c.p.d.bytes(4)}[c.below(3)]...)
	case f64:
		c.emit(0x44)
		c.emit([][]byte{{7: 0}, {0, 0, 0, 0, 0, 0, 0xf0, 0x3f}, c.p.d.bytes(8)}[c.below(3)]...)
	case v128:
		c.emit(0xfd, 12)
		c.emit(c.p.d.bytes(16)...)
	}
}

// value writes code that leaves one value of type t.
func (c *coder) value(t byte, depth int) {
	if !c.more(depth) {
		c.constant(t)
		return
	}
	switch c.below(14) {
	case 0:
		c.constant(t)
	case 1, 2:
		c.op(0x20, c.variable(t))
	case 3:
		c.op(0x23, 1+indexOf(numbers, t))
	case 4, 5, 6:
		c.compute(t, depth-1)
	case 7, 8:
		c.load(t, depth-1)
	case 9:
		c.inBlock(t, depth-1)
	case 10:
		c.called(t, depth-1)
	case 11:
		c.values([]byte{t, t, i32}, depth-1)
		if c.below(2) == 0 {
			c.emit(0x1b)
		} else {
			c.emit(0x1c, 1, t)
		}
	case 12:
		c.value(t, depth-1)
		c.op(0x22, c.variable(t))
	case 13:
		c.odd(t, depth-1)
	}
}

func indexOf(list []byte, b byte) int {
	for i, have := range list {
		if have == b {
			return i
		}
	}
	return -1
}

func (c *coder) compute(t byte, depth int) {
	var list []numeric
	for _, n := range c.p.numerics {
		if n.result == t {
			list = append(list, n)
		}
	}
	n := list[c.below(len(list))]
	c.values(n.params, depth)
	c.emit(n.op...)
	if t == f32 || t == f64 {
		c.settleNaN(t)
	}
}

// settleNaN makes every NaN the same one.
func (c *coder) settleNaN(t byte) {
	s := c.spare(t)
	c.op(0x21, s)
	c.op(0x20, s)
	if t == f32 {
		c.emit(0x43, 0, 0, 0xc0, 0x7f)
	} else {
		c.emit(0x44, 0, 0, 0, 0, 0, 0, 0xf8, 0x7f)
	}
	c.op(0x20, s)
	c.op(0x20, s)
	c.emit(map[byte]byte{f32: 0x5b, f64: 0x61}[t], 0x1b)
}

// inBlock writes a block or an if that leaves the value.
func (c *coder) inBlock(t byte, depth int) {
	branch := c.below(2) == 1
	if branch {
		c.value(i32, depth)
		c.emit(0x04, t)
	} else {
		c.emit(0x02, t)
	}
	c.labels = append(c.labels, label{[]byte{t}})
	c.part(nil, []byte{t}, depth)
	if branch {
		c.emit(0x05)
		c.part(nil, []byte{t}, depth)
	}
	c.labels = c.labels[:len(c.labels)-1]
	c.emit(0x0b)
}

// called writes a call of a function whose first result is a t, or a constant.
func (c *coder) called(t byte, depth int) {
	for f, s := range c.p.funcs {
		if len(s.results) > 0 && s.results[0] == t && c.below(2) == 0 {
			c.discard(c.call(f, depth)[1:])
			return
		}
	}
	c.constant(t)
}

// odd writes what only an i32 comes from.
func (c *coder) odd(t byte, depth int) {
	if t != i32 {
		c.value(t, depth)
		return
	}
	switch c.below(5) {
	case 0:
		c.op(0x23, constGlobal)
	case 1:
		c.emit(0x3f, 0) // memory.size
	case 2:
		c.emit(0x41, byte(c.below(3)), 0x40, 0) // memory.grow
	case 3:
		c.emit(0x41, byte(c.below(tableEntries+1)), 0x25, 0, 0xd1) // table.get, ref.is_null
	case 4:
		c.emit(0xd2, byte(c.below(len(c.p.funcs))), 0xd1) // ref.func, ref.is_null
	}
}
