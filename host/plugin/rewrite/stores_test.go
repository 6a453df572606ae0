package rewrite_test

import (
	"bytes"
)

// storeOp is an instruction that stores one value.
type storeOp struct {
	name  string
	op    []byte
	value []byte // the instruction that gives what it stores
	width int    // bytes
	lane  bool   // a lane's number follows
}

// stores are all the instructions that store one value. Each stores ones.
func stores() []storeOp {
	one32, one64 := []byte{0x41, 0x7f}, []byte{0x42, 0x7f}
	oneF32 := append([]byte{0x43}, bytes.Repeat([]byte{0xff}, 4)...)
	oneF64 := append([]byte{0x44}, bytes.Repeat([]byte{0xff}, 8)...)
	one128 := append([]byte{0xfd, 12}, bytes.Repeat([]byte{0xff}, 16)...)
	return []storeOp{
		{"i32.store", []byte{0x36}, one32, 4, false},
		{"i64.store", []byte{0x37}, one64, 8, false},
		{"f32.store", []byte{0x38}, oneF32, 4, false},
		{"f64.store", []byte{0x39}, oneF64, 8, false},
		{"i32.store8", []byte{0x3a}, one32, 1, false},
		{"i32.store16", []byte{0x3b}, one32, 2, false},
		{"i64.store8", []byte{0x3c}, one64, 1, false},
		{"i64.store16", []byte{0x3d}, one64, 2, false},
		{"i64.store32", []byte{0x3e}, one64, 4, false},
		{"v128.store", []byte{0xfd, 11}, one128, 16, false},
		{"v128.store8_lane", []byte{0xfd, 88}, one128, 1, true},
		{"v128.store16_lane", []byte{0xfd, 89}, one128, 2, true},
		{"v128.store32_lane", []byte{0xfd, 90}, one128, 4, true},
		{"v128.store64_lane", []byte{0xfd, 91}, one128, 8, true},
	}
}

// code is the store at the address in local 0, plus offset.
func (s storeOp) code(offset int) []byte {
	c := join([]byte{0x20, 0}, s.value, s.op, []byte{0}, uleb(uint32(offset)))
	if s.lane {
		c = append(c, 1&byte(16/s.width-1))
	}
	return append(c, 0x0b)
}
