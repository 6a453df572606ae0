package rewrite_test

import (
	"bytes"
	"slices"
)

// coder writes the body of one function. What it writes is always well typed.
type coder struct {
	p      *program
	sig    signature
	locals []byte // the type of each, parameters first
	labels []label
	loops  int
	code   []byte
}

// label is an open block, by the types that a branch to it carries.
type label struct{ carries []byte }

func (c *coder) emit(b ...byte)          { c.code = append(c.code, b...) }
func (c *coder) op(op byte, index int)   { c.emit(append([]byte{op}, uleb(uint32(index))...)...) }
func (c *coder) i32(v int32)             { c.emit(append([]byte{0x41}, sleb(int64(v))...)...) }
func (c *coder) pick(list []int) int     { return list[c.p.d.below(len(list))] }
func (c *coder) below(n int) int         { return c.p.d.below(n) }
func (c *coder) variable(t byte) int     { return c.pick(c.variables(t)) }
func (c *coder) blockType(ps, rs []byte) { c.emit(sleb(int64(c.p.m.typ(ps, rs)))...) }
func (c *coder) values(ts []byte, d int) { each(ts, func(t byte) { c.value(t, d) }) }
func (c *coder) discard(ts []byte)       { each(ts, func(byte) { c.emit(0x1a) }) }
func each(ts []byte, do func(byte)) {
	for _, t := range ts {
		do(t)
	}
}
func (c *coder) keep(ts []byte) { // into locals
	for _, t := range slices.Backward(ts) {
		c.op(0x21, c.variable(t))
	}
}

// round counts a function entry or a round of a loop.
func (c *coder) round() {
	c.op(0x23, roundsGlobal)
	c.emit(0x42, 1, 0x7c)
	c.op(0x24, roundsGlobal)
}

// more says whether there may be more nodes, and counts one.
func (c *coder) more(depth int) bool {
	c.p.left--
	return c.p.left > 0 && depth > 0
}

func (c *coder) statements(depth int) {
	for range 1 + c.below(6) {
		c.statement(depth)
	}
}

func (c *coder) statement(depth int) {
	if !c.more(depth) {
		c.emit(0x01)
		return
	}
	switch c.below(22) {
	case 0:
		c.emit(0x01)
	case 1, 2:
		t := numbers[c.below(len(numbers))]
		c.value(t, depth-1)
		c.op(0x21, c.variable(t))
	case 3:
		n := 4
		if c.p.vectors {
			n = 5
		}
		g := c.below(n)
		c.value(numbers[g], depth-1)
		c.op(0x24, g+1)
	case 4, 5, 6, 7:
		c.store(depth - 1)
	case 8:
		c.rangeOp(depth - 1)
	case 9:
		c.block(0x02, depth-1)
	case 10, 11:
		c.loop(depth - 1)
	case 12:
		c.value(i32, depth-1)
		c.block(0x04, depth-1)
	case 13, 14, 15:
		c.jump(depth - 1)
	case 16:
		t := numbers[c.below(len(numbers))]
		c.value(t, depth-1)
		c.emit(0x1a)
	case 17:
		c.discard(c.call(c.below(len(c.p.funcs)), depth-1))
	case 18:
		c.address(depth-1, 1)
		c.emit(0x1a, 0x41, byte(c.below(3)), 0x40, 0, 0x1a) // memory.grow
	case 19:
		c.tableOp(depth - 1)
	case 20, 21:
		c.neighbours(depth - 1)
	}
}

// jump writes a branch of any kind, or an end of the call.
func (c *coder) jump(depth int) {
	n := c.below(len(c.labels))
	carries := c.labels[len(c.labels)-1-n].carries
	switch c.below(8) {
	case 0, 1, 2, 3:
		c.values(carries, depth)
		c.value(i32, depth)
		c.op(0x0d, n)
		c.discard(carries)
	case 4:
		c.values(carries, depth)
		c.op(0x0c, n)
	case 5, 6:
		c.values(carries, depth)
		c.value(i32, depth)
		c.table(n, carries)
	case 7:
		if c.below(4) == 3 {
			c.emit(0x00)
			return
		}
		c.values(c.sig.results, depth)
		c.emit(0x0f)
	}
}

// table writes br_table with labels that carry the same.
func (c *coder) table(n int, carries []byte) {
	var to []byte
	count := 0
	for i := range c.labels {
		if bytes.Equal(c.labels[len(c.labels)-1-i].carries, carries) && c.below(2) == 0 {
			to = append(to, uleb(uint32(i))...)
			count++
		}
	}
	c.emit(0x0e)
	c.emit(uleb(uint32(count))...)
	c.emit(to...)
	c.emit(uleb(uint32(n))...)
}

// call writes a call, straight or through the table, and gives what it leaves.
func (c *coder) call(f, depth int) []byte {
	s := c.p.funcs[f]
	c.values(s.params, depth)
	if c.below(3) < 2 {
		c.op(0x10, f)
		return s.results
	}
	entry := f
	if c.below(8) == 7 {
		entry = c.below(tableEntries + 1)
	}
	c.i32(int32(entry))
	c.op(0x11, int(c.p.m.typ(s.params, s.results)))
	c.emit(0)
	return s.results
}
