package rewrite_test

import "math"

// block is the size of a larger memory's blocks; smaller ones divide it.
const block = 1 << 12

// load is an instruction that loads.
type load struct {
	op     []byte
	result byte
}

// loads are the plain ones; all stores come from stores.
func loads() []load {
	var list []load
	add := func(result byte, ops ...byte) {
		for _, op := range ops {
			list = append(list, load{[]byte{op}, result})
		}
	}
	add(i32, 0x28, 0x2c, 0x2d, 0x2e, 0x2f)
	add(i64, 0x29, 0x30, 0x31, 0x32, 0x33, 0x34, 0x35)
	add(f32, 0x2a)
	add(f64, 0x2b)
	for n := range byte(11) {
		list = append(list, load{[]byte{0xfd, n}, v128})
	}
	return append(list, load{[]byte{0xfd, 92}, v128}, load{[]byte{0xfd, 93}, v128})
}

// address writes an address where width bytes mostly fit, often at the edge of a block
// or of a page.
func (c *coder) address(depth, width int) {
	switch c.below(8) {
	case 0, 1, 2, 3:
		edge := []int{0, 1, 2, 3, 15, 16, 17, 31, 63, 64, 65} // blocks
		in := min(c.pick(edge), int(c.p.low)*16-4)
		c.i32(int32(max(0, in*block-c.below(width+1))))
	case 4, 5, 6:
		c.value(i32, depth)
		c.i32(0x7fff >> c.below(3))
		c.emit(0x71)
	case 7:
		c.anyAddress(depth, width)
	}
}

// anyAddress writes an address that may well be outside.
func (c *coder) anyAddress(depth, width int) {
	switch c.below(8) {
	case 0:
		c.value(i32, depth)
	case 1:
		c.i32(int32(-1 - c.below(40)))
	default:
		c.emit(0x3f, 0, 0x41, 16, 0x74) // the end of the memory
		c.i32(int32(width + 8 - c.below(10)))
		c.emit(0x6b)
	}
}

func (c *coder) offset() uint32 {
	near := []uint32{0, 0, 0, 1, 7, block - 1, block, 3*block + 5}
	far := []uint32{1<<16 - 1, 1<<16 - 16, 1 << 18, math.MaxInt32, math.MaxUint32 - 15, math.MaxUint32}
	if c.below(32) == 31 {
		return far[c.below(len(far))]
	}
	return near[c.below(len(near))]
}

func (c *coder) store(depth int) {
	list := stores()
	s := list[c.below(len(list))]
	c.address(depth, s.width)
	c.storeThere(s, c.offset(), depth)
}

// storeThere writes the rest of a store: the address is there.
func (c *coder) storeThere(s storeOp, offset uint32, depth int) {
	t := map[byte]byte{0x41: i32, 0x42: i64, 0x43: f32, 0x44: f64, 0xfd: v128}[s.value[0]]
	c.value(t, depth)
	c.emit(s.op...)
	c.emit(0)
	c.emit(uleb(offset)...)
	if s.lane {
		c.emit(byte(c.below(16 / s.width)))
	}
}

// near writes an address that is a local, or little more.
func (c *coder) near(p int) {
	c.op(0x20, p)
	switch c.below(4) {
	case 2:
		c.i32([]int32{8, 64, 100, 127, 128, -4, block}[c.below(7)])
		c.emit(0x6a)
	case 3:
		c.emit(0xad, 0x42)
		c.emit(sleb([]int64{8, 64, 100, 128, -8, 1 << 32}[c.below(6)])...)
		c.emit(0x7c, 0xa7)
	}
}

// neighbours writes stores side by side, to where a local says, which changes now and
// then, as do the ways that lead there.
func (c *coder) neighbours(depth int) {
	p := c.variable(i32)
	c.address(depth, 300)
	c.op(0x21, p)
	list, near := stores(), []uint32{0, 1, 8, 16, 40, 63, 64, 65, 100, 111, 112, 113, 127, 128, 129, 200}
	for range 2 + c.below(6) {
		switch c.below(8) {
		case 5:
			c.op(0x20, p)
			c.i32([]int32{1, 64, 128, block, -block, 3 * block}[c.below(6)])
			c.emit(0x6a)
			c.op(0x21, p)
		case 6, 7:
			c.statement(depth)
		default:
			c.near(p)
			c.storeThere(list[c.below(len(list))], near[c.below(len(near))], depth)
		}
	}
}

func (c *coder) load(t byte, depth int) {
	var list []load
	for _, l := range loads() {
		if l.result == t {
			list = append(list, l)
		}
	}
	l := list[c.below(len(list))]
	c.address(depth, 16)
	if t == v128 && c.below(3) == 2 { // into one lane
		n := c.below(4)
		c.value(v128, depth)
		c.emit(0xfd, byte(84+n), 0)
		c.emit(uleb(c.offset())...)
		c.emit(byte(c.below(16 >> n)))
		return
	}
	c.emit(l.op...)
	c.emit(0)
	c.emit(uleb(c.offset())...)
}

// rangeOp writes memory.fill, memory.copy or memory.init.
func (c *coder) rangeOp(depth int) {
	c.address(depth, 20)
	kind := c.below(3)
	if kind == 2 && !c.p.inits {
		kind = 0
	}
	switch kind {
	case 0:
		c.value(i32, depth)
	case 1:
		c.address(depth, 20)
	case 2:
		c.i32(int32(c.below(200)))
	}
	if c.below(3) == 0 {
		c.value(i32, depth)
		c.i32(0x3fff)
		c.emit(0x71)
	} else {
		c.i32(int32(c.below(20)))
	}
	c.emit([][]byte{{0xfc, 11, 0}, {0xfc, 10, 0, 0}, {0xfc, 8, 0, 0}}[kind]...)
}

// tableOp writes an instruction that changes a table or drops a segment, where the
// program does such things.
func (c *coder) tableOp(depth int) {
	if !c.p.swaps {
		c.emit(0xfc, 16, 0, 0x1a) // table.size
		return
	}
	at := []byte{0x41, byte(c.below(tableEntries + 1))}
	ref := [][]byte{{0xd0, 0x70}, {0xd2, byte(c.below(len(c.p.funcs)))}}[c.below(2)]
	few := []byte{0x41, byte(c.below(3))}
	list := [][]byte{
		join(at, ref, []byte{0x26, 0}),
		join(ref, few, []byte{0xfc, 15, 0, 0x1a}),
		join(at, ref, few, []byte{0xfc, 17, 0}),
		join(at, []byte{0x41, 1}, few, []byte{0xfc, 14, 0, 0}),
		join(at, []byte{0x41, 0}, few, []byte{0xfc, 12, 1, 0}),
		{0xfc, 13, 1},
	}
	if c.p.inits {
		list = append(list, []byte{0xfc, 9, 0})
	}
	c.emit(list[c.below(len(list))]...)
}
