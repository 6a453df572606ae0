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
