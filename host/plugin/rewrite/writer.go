package rewrite

// writer writes the binary format.
type writer struct{ b []byte }

func (w *writer) byte(b ...byte) { w.b = append(w.b, b...) }

func (w *writer) u32(v uint32) {
	for v >= 0x80 {
		w.b = append(w.b, byte(v)|0x80)
		v >>= 7
	}
	w.b = append(w.b, byte(v))
}

func (w *writer) signed(v int64) {
	for {
		b := byte(v & 0x7f)
		v >>= 7
		if (v == 0 && b&0x40 == 0) || (v == -1 && b&0x40 != 0) {
			w.b = append(w.b, b)
			return
		}
		w.b = append(w.b, b|0x80)
	}
}

func (w *writer) bytes(b []byte) {
	w.u32(uint32(len(b)))
	w.b = append(w.b, b...)
}

func (w *writer) name(s string) {
	w.u32(uint32(len(s)))
	w.b = append(w.b, s...)
}

// op writes an instruction with one index.
func (w *writer) op(op byte, index uint32) {
	w.b = append(w.b, op)
	w.u32(index)
}

func (w *writer) i32(v int32) {
	w.b = append(w.b, opI32Const)
	w.signed(int64(v))
}

func (w *writer) i64(v int64) {
	w.b = append(w.b, opI64Const)
	w.signed(v)
}

// section writes a section with n elements, or nothing when there are none.
func (w *writer) section(id section, n int, elements func(*writer)) {
	if n == 0 {
		return
	}
	var body writer
	body.u32(uint32(n))
	elements(&body)
	w.byte(byte(id))
	w.bytes(body.b)
}
