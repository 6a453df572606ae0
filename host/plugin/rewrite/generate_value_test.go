package rewrite_test

// numeric is an instruction that only computes.
type numeric struct {
	op     []byte
	params []byte
	result byte
}

// numerics are such instructions, each as the first and the last of a row, without
// those of vectors on floats, whose NaN is the engine's choice.
func numerics() []numeric {
	var list []numeric
	row := func(from, to int, result byte, params ...byte) {
		for op := from; op <= to; op++ {
			list = append(list, numeric{[]byte{byte(op)}, params, result})
		}
	}
	pair := func(from int, result, param byte) { row(from, from+1, result, param) }
	row(0x6a, 0x78, i32, i32, i32)
	row(0x45, 0x45, i32, i32)
	row(0x46, 0x4f, i32, i32, i32)
	row(0x50, 0x50, i32, i64)
	row(0x51, 0x5a, i32, i64, i64)
	row(0x5b, 0x60, i32, f32, f32)
	row(0x61, 0x66, i32, f64, f64)
	row(0x67, 0x69, i32, i32)
	row(0xc0, 0xc1, i32, i32)
	row(0x7c, 0x8a, i64, i64, i64)
	row(0x79, 0x7b, i64, i64)
	row(0xc2, 0xc4, i64, i64)
	row(0x8b, 0x91, f32, f32)
	row(0x92, 0x98, f32, f32, f32)
	row(0x99, 0x9f, f64, f64)
	row(0xa0, 0xa6, f64, f64, f64)
	row(0xa7, 0xa7, i32, i64)
	row(0xb6, 0xb6, f32, f64)
	row(0xbb, 0xbb, f64, f32)
	row(0xbc, 0xbc, i32, f32)
	row(0xbd, 0xbd, i64, f64)
	row(0xbe, 0xbe, f32, i32)
	row(0xbf, 0xbf, f64, i64)
	for i, from := range []byte{f32, f64} {
		pair(0xa8+2*i, i32, from)
		pair(0xae+2*i, i64, from)
	}
	for i, to := range []byte{f32, f64} {
		pair(0xb2+5*i, to, i32)
		pair(0xb4+5*i, to, i64)
	}
	pair(0xac, i64, i32)
	for n := range 8 { // saturating conversions
		to, from := []byte{i32, i64}[n/4], []byte{f32, f64}[n/2%2]
		list = append(list, numeric{[]byte{0xfc, byte(n)}, []byte{from}, to})
	}
	return append(list, vectors()...)
}

// vectors are numeric instructions on vectors.
func vectors() []numeric {
	var list []numeric
	add := func(result byte, params []byte, op ...byte) {
		list = append(list, numeric{append([]byte{0xfd}, op...), params, result})
	}
	one, two, three := []byte{v128}, []byte{v128, v128}, []byte{v128, v128, v128}
	for i, t := range []byte{i32, i32, i32, i64, f32, f64} {
		add(v128, []byte{t}, byte(15+i)) // splat
	}
	add(v128, two, append([]byte{13}, 0, 31, 1, 30, 2, 29, 3, 28, 4, 27, 5, 26, 6, 25, 7, 24)...) // shuffle
	for _, op := range []byte{14, 78, 80, 81, 110, 113} {
		add(v128, two, op)
	}
	for _, op := range []byte{142, 149, 174, 181, 206, 213} { // arithmetic: a second byte
		add(v128, two, op, 1)
	}
	add(v128, one, 77)
	add(v128, three, 82)
	add(v128, []byte{v128, i32}, 107)
	for _, op := range []byte{83, 99, 100} {
		add(i32, one, op)
	}
	for op, t := range []byte{21: i32, 24: i32, 27: i32, 29: i64, 31: f32, 33: f64} { // a lane out
		if t != 0 {
			add(t, one, byte(op), 1)
		}
	}
	for op, t := range []byte{23: i32, 26: i32, 28: i32, 30: i64, 32: f32, 34: f64} { // a lane in
		if t != 0 {
			add(v128, []byte{v128, t}, byte(op), 1)
		}
	}
	return list
}

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
