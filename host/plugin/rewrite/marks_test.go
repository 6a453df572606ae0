package rewrite_test

import (
	"bytes"
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/acrhost/acrhost/host/plugin/rewrite"
)

// A module with little memory has its marks in a global, one with more in a table.
var forms = []form{
	{"few blocks", 1, rewrite.Blocks{Count: 64, Bytes: 1 << 10}},
	{"many blocks", 5, rewrite.Blocks{Count: 128, Bytes: 4 << 10}},
}

type form struct {
	name string
	min  uint32 // pages
	rewrite.Blocks
}

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
func (s storeOp) code(offset uint32) []byte {
	c := join([]byte{0x20, 0}, s.value, s.op, []byte{0}, uleb(offset))
	if s.lane {
		c = append(c, 1&byte(16/s.width-1))
	}
	return append(c, 0x0b)
}

// storingModule has the function f, with a memory that can grow, and a passive segment
// of 16 KiB of ones.
func (form form) storingModule(params int, code []byte) []byte {
	b := &binaryModule{count: true}
	b.memory(form.min, 100)
	b.export("f", b.function(bytes.Repeat([]byte{i32}, params), nil, nil, code))
	b.export("grow", b.function([]byte{i32}, []byte{i32}, nil, []byte{0x20, 0, 0x40, 0, 0x0b}))
	b.datas = [][]byte{join([]byte{1}, sized(bytes.Repeat([]byte{0xff}, 16<<10)))}
	return b.bytes()
}

// pages is how far the tests grow the module's memory: past where its blocks wrap
// around.
const pages = 12

// marked calls f in all forms and gives the blocks that were reported, and whether the
// memory changed.
func (form form) marked(t *testing.T, params int, code []byte, args ...uint64) (blocks []int, changed bool) {
	t.Helper()
	l := rewrite.Limits{MemoryPages: 100, TableEntries: 100}
	f, err := newEngine(t).familyOf(t.Context(), form.storingModule(params, code), l, budget{math.MaxInt64, 10})
	if err != nil {
		t.Fatal(err)
	}
	if f.blocks != form.Blocks {
		t.Fatalf("blocks %+v", f.blocks)
	}
	f.compare(t, "grow", []uint64{uint64(pages - form.min)})
	if slices.Max(f.bits) != 0 {
		t.Errorf("growing reports %x", f.bits)
	}
	f.compare(t, "f", args)
	for i := range f.blocks.Count {
		if f.bits[i/64]>>(i%64)&1 != 0 {
			blocks = append(blocks, i)
		}
	}
	if again := f.tracked.dirty(t, f.blocks); slices.Max(again) != 0 {
		t.Errorf("reported once more: %x", again)
	}
	return blocks, !bytes.Equal(f.old, f.tracked.image())
}

// TestMarksEveryStore holds for each instruction that stores that its block, and no
// other, is reported: at the first and the last byte of a block, across its end, moved
// into another block by the offset, behind the wrap, at the end of the memory.
func TestMarksEveryStore(t *testing.T) {
	for _, form := range forms {
		t.Run(form.name, form.marksEveryStore)
	}
}

func (form form) marksEveryStore(t *testing.T) {
	block, count := form.Bytes, form.Count
	for _, s := range stores() {
		end := pages<<16 - s.width
		tests := []struct {
			name          string
			address, want int
			offset        uint32
		}{
			{"the first byte", 2 * block, 2, 0},
			{"the last byte", 3*block - 1, 2, 0},
			{"across the end", 3*block - (s.width+1)/2, 2, 0},
			{"moved by the offset", 5, 7, uint32(7 * block)},
			{"moved by the offset, the first byte", block - 1, 2, uint32(2*block + 1)}, // noted at the offset rounded down
			{"moved across the end", 0, 9, uint32(10*block - (s.width+1)/2)},
			{"in the first block", 0, 0, 0},
			{"in the last block before the wrap", count*block - 1, count - 1, 0},
			{"behind the wrap", count * block, 0, 0},
			{"behind the wrap, by the offset", 1, 36, uint32((count+36)*block + 1)},
			{"the last bytes of the memory", end, end / block % count, 0},
			{"the last bytes of the memory, by the offset", 0, end / block % count, uint32(end)},
		}
		for _, tt := range tests {
			t.Run(s.name+"/"+tt.name, func(t *testing.T) {
				got, changed := form.marked(t, 1, s.code(tt.offset), uint64(tt.address))
				if !slices.Equal(got, []int{tt.want}) || !changed {
					t.Errorf("reported %d, want %d; changed %v", got, tt.want, changed)
				}
			})
		}
		for name, at := range map[string][2]uint32{
			"past the end": {uint32(end) + 1, 0}, "past the end, by the offset": {0, uint32(end) + 1},
			"around 2^32": {math.MaxUint32, 1}, "far around 2^32": {math.MaxUint32 - 9, uint32(2*block + 10)},
		} {
			t.Run(s.name+"/"+name, func(t *testing.T) {
				if _, changed := form.marked(t, 1, s.code(at[1]), uint64(at[0])); changed {
					t.Error("it was to trap")
				}
			})
		}
	}
}

// TestMarksEveryRange holds the same for the instructions that write a range.
func TestMarksEveryRange(t *testing.T) {
	for _, form := range forms {
		t.Run(form.name, form.marksEveryRange)
	}
}

func (form form) marksEveryRange(t *testing.T) {
	block, count := form.Bytes, form.Count
	ops := map[string]struct{ op, from []byte }{
		"memory.fill": {[]byte{0xfc, 11, 0}, []byte{0x41, 0x7f}},
		"memory.copy": {[]byte{0xfc, 10, 0, 0}, []byte{0x41, 0x80, 0x80, 0x28}}, // from page 10
		"memory.init": {[]byte{0xfc, 8, 0, 0}, []byte{0x41, 0}},
	}
	tests := []struct {
		name  string
		to, n int
		want  []int
	}{
		{"nothing", 2 * block, 0, nil},
		{"one byte", 2 * block, 1, []int{2}},
		{"a block", 2 * block, block, []int{2}},
		{"a block and a byte", 2 * block, block + 1, []int{2, 3}},
		{"a byte before a block", 2*block - 1, block + 1, []int{1, 2}},
		{"two bytes across an end", 3*block - 1, 2, []int{2, 3}},
		{"parts of three", 3*block - 1, block + 2, []int{2, 3, 4}},
		{"around the wrap", (count - 1) * block, 3 * block, []int{0, 1, count - 1}},
		{"the last of the memory", pages<<16 - block, block, []int{(pages<<16/block - 1) % count}},
		{"the last byte of the memory", pages<<16 - 1, 1, []int{(pages<<16/block - 1) % count}},
	}
	for name, o := range ops {
		code := join([]byte{0x20, 0}, o.from, []byte{0x20, 1}, o.op, []byte{0x0b})
		if name == "memory.copy" { // something to copy
			code = join([]byte{0x41, 0x80, 0x80, 0x28, 0x41, 0, 0x41, 0x80, 0x80, 1, 0xfc, 8, 0, 0}, code)
		}
		for _, tt := range tests {
			t.Run(name+"/"+tt.name, func(t *testing.T) {
				got, changed := form.marked(t, 2, code, uint64(tt.to), uint64(tt.n))
				want := tt.want
				if name == "memory.copy" {
					want = slices.Clone(want)
					for at := 10 << 16; at < 10<<16+16<<10; at += block { // what was made to copy
						want = append(want, at/block%count)
					}
					slices.Sort(want)
					want = slices.Compact(want)
				}
				if !slices.Equal(got, want) || changed != (len(want) > 0) {
					t.Errorf("reported %d, want %d; changed %v", got, want, changed)
				}
			})
		}
		for _, at := range [][2]uint64{{pages<<16 - 1, 2}, {pages << 16, 1}, {math.MaxUint32, 1}, {1, math.MaxUint32}, {math.MaxUint32, math.MaxUint32}} {
			t.Run(fmt.Sprintf("%s/outside%x", name, at), func(t *testing.T) {
				if _, changed := form.marked(t, 2, code, at[:]...); changed && name != "memory.copy" {
					t.Error("it was to trap")
				}
			})
		}
	}
}
