package rewrite_test

import (
	"bytes"
	"fmt"
	"maps"
	"math"
	"slices"
	"testing"

	"github.com/acrhost/acrhost/host/plugin/rewrite"
)

// size is a memory: how many pages it has at first, and what tracking must make of it.
type size struct {
	low, count, block int
}

// sizes are all the ways to divide a memory: by the bits of a global, and by a table.
var sizes = []size{{1, 64, 1 << 10}, {2, 64, 1 << 11}, {3, 64, 1 << 12}, {4, 64, 1 << 12}, {5, 128, 1 << 12}}

// pages is how far the tests grow a memory: past where the blocks wrap around.
const pages = 10

// module has the functions f0, f1 and so on, a memory that can grow, a passive segment
// of ones, and a global of ones.
func (m size) module(params int, codes ...[]byte) []byte {
	b := &binaryModule{count: true}
	b.memory(uint32(m.low), 1<<16)
	b.global(v128, false, append([]byte{0xfd, 12}, bytes.Repeat([]byte{0xff}, 16)...)...)
	b.export("grow", b.function([]byte{i32}, []byte{i32}, nil, []byte{0x20, 0, 0x40, 0, 0x0b}))
	for i, code := range codes {
		b.export(fmt.Sprint("f", i), b.function(bytes.Repeat([]byte{i32}, params), nil, nil, code))
	}
	b.datas = [][]byte{join([]byte{1}, sized(bytes.Repeat([]byte{0xff}, 16<<10)))}
	return b.bytes()
}

// grown instantiates such a module in all forms, with all its pages.
func (m size) grown(t *testing.T, e *engine, params int, codes ...[]byte) *family {
	t.Helper()
	l := rewrite.Limits{MemoryPages: pages, TableEntries: 100}
	f, err := e.familyOf(t.Context(), m.module(params, codes...), l, budget{math.MaxInt64, 10})
	if err != nil {
		t.Fatal(err)
	}
	if f.blocks != (rewrite.Blocks{Count: m.count, Bytes: m.block}) {
		t.Fatalf("divided into %+v", f.blocks)
	}
	f.compare(t, "grow", []uint64{uint64(pages - m.low)})
	if slices.Max(f.bits) != 0 || len(f.tracked.image()) != pages<<16 {
		t.Errorf("growing to %d bytes reports %x", len(f.tracked.image()), f.bits)
	}
	return f
}

// marked calls a function in all forms, and gives the blocks that were reported, and
// whether the memory changed. It clears the memory for the next call.
func (f *family) marked(t *testing.T, name string, args ...int) (blocks []int, changed bool) {
	t.Helper()
	var stack []uint64
	for _, a := range args {
		stack = append(stack, uint64(uint32(a)))
	}
	f.compare(t, name, stack)
	for i := range f.blocks.Count {
		if f.reported(i) {
			blocks = append(blocks, i)
		}
	}
	changed = !bytes.Equal(f.old, f.tracked.image())
	if f.bits = f.dirty(t); slices.Max(f.bits) != 0 {
		t.Errorf("reported once more: %x", f.bits)
	}
	for _, g := range f.forms() {
		clear(g.image())
	}
	return blocks, changed
}

// TestMarksEveryStore holds for each instruction that stores that its block, and no
// other, is reported: at the first and the last byte of a block, across its end, moved
// into another block by the offset, behind the wrap, at the end of the memory.
func TestMarksEveryStore(t *testing.T) {
	e := newEngine(t)
	for i, m := range sizes {
		if i%thin != 0 && m.count == 64 {
			continue
		}
		for _, s := range stores() {
			places := m.places(s)
			var codes [][]byte
			for _, p := range places {
				codes = append(codes, s.code(p.offset))
			}
			f := m.grown(t, e, 1, codes...)
			for i, p := range places {
				got, changed := f.marked(t, fmt.Sprint("f", i), p.address)
				if p.want < 0 {
					got = nil // it traps; a mark does no harm
				}
				if changed != (p.want >= 0) || changed && !slices.Equal(got, []int{p.want % m.count}) {
					t.Errorf("%d pages: %s: %s: reported %d, want %d; changed %v", m.low, s.name, p.name, got, p.want%m.count, changed)
				}
			}
			f.close(t.Context())
		}
	}
}

// place is where a store writes. Want is the block, before it wraps around, or -1 for a
// trap.
type place struct {
	name                  string
	address, offset, want int
}

func (m size) places(s storeOp) []place {
	block, end, half := m.block, pages<<16-s.width, (s.width+1)/2
	return []place{
		{"the first byte", 2 * block, 0, 2},
		{"the last byte", 3*block - 1, 0, 2},
		{"across the end", 3*block - half, 0, 2},
		{"moved by the offset", 5, 7 * block, 7},
		{"moved by the offset, the first byte", block - 1, 2*block + 1, 2}, // noted at the offset rounded down
		{"moved across the end", 0, 10*block - half, 9},
		{"in the first block", 0, 0, 0},
		{"in the last block before the wrap", m.count*block - 1, 0, m.count - 1},
		{"behind the wrap", m.count * block, 0, 0},
		{"behind the wrap, by the offset", 1, (m.count+5)*block + 1, 5},
		{"the last bytes of the memory", end, 0, end / block},
		{"the last bytes of the memory, by the offset", 0, end, end / block},
		{"past the end", end + 1, 0, -1},
		{"past the end, by the offset", 0, end + 1, -1},
		{"around 2^32", math.MaxUint32, 1, -1},
		{"far around 2^32", math.MaxUint32 - 9, 2*block + 10, -1},
	}
}

// rangeOps are the instructions that write a range of ones to local 0, as long as
// local 1 says.
func rangeOps() (names []string, codes [][]byte) {
	from := join([]byte{0x41}, sleb((pages-1)<<16)) // the last page
	return []string{"memory.fill", "memory.init", "memory.copy"}, [][]byte{
		{0x20, 0, 0x41, 0x7f, 0x20, 1, 0xfc, 11, 0, 0x0b},
		{0x20, 0, 0x41, 0, 0x20, 1, 0xfc, 8, 0, 0, 0x0b},
		join(from, []byte{0x41, 0, 0x41, 0x80, 0x80, 1, 0xfc, 8, 0, 0}, // something to copy
			[]byte{0x20, 0}, from, []byte{0x20, 1, 0xfc, 10, 0, 0, 0x0b}),
	}
}

// between are the blocks from one to another byte, as they are reported.
func (m size) between(from, to int) map[int]bool {
	list := map[int]bool{}
	for at := from; at < to; at++ {
		list[at/m.block%m.count] = true
	}
	return list
}

// TestMarksEveryRange holds the same for the instructions that write a range.
func TestMarksEveryRange(t *testing.T) {
	const end = pages << 16
	e := newEngine(t)
	for _, m := range sizes {
		block := m.block
		tests := [][2]int{ // where and how many bytes
			{2 * block, 0}, {2 * block, 1}, {2 * block, block}, {2 * block, block + 1},
			{2*block - 1, block + 1}, {3*block - 1, 2}, {3*block - 1, block + 2},
			{(m.count - 1) * block, 3 * block}, {end - block, block}, {end - 1, 1}, {end, 0},
		}
		traps := [][2]int{{end - 1, 2}, {end, 1}, {-1, 1}, {-1, 2}, {1, -1}, {-1, -1}, {0, -1}}
		names, codes := rangeOps()
		f := m.grown(t, e, 2, codes...)
		for n, name := range names {
			for i, at := range append(tests, traps...) {
				want := m.between(at[0], at[0]+at[1])
				if i >= len(tests) {
					want = nil
				}
				if name == "memory.copy" {
					want = merged(want, m.between((pages-1)<<16, (pages-1)<<16+16<<10))
				}
				got, changed := f.marked(t, fmt.Sprint("f", n), at[:]...)
				if fmt.Sprint(got) != fmt.Sprint(keys(want)) || changed != (len(want) > 0) {
					t.Errorf("%d pages: %s%d: reported %d, want %v; changed %v", m.low, name, at, got, keys(want), changed)
				}
			}
		}
		f.close(t.Context())
	}
}

// TestMarksALargeMemory holds that the largest number of blocks is all looked at, and
// that what is behind wraps around.
func TestMarksALargeMemory(t *testing.T) {
	for _, m := range []size{{1024, 1 << 14, 1 << 12}, {1025, 1 << 14, 1 << 12}} {
		b, err := rewrite.Decode(m.module(1, []byte{0x20, 0, 0x41, 0x7f, 0x36, 0, 0, 0x0b}))
		if err != nil {
			t.Fatal(err)
		}
		out, err := b.Rewrite(rewrite.Limits{MemoryPages: 1025, Track: true})
		if err != nil {
			t.Fatal(err)
		}
		g, err := newEngine(t).guest(t.Context(), out, small)
		if err != nil {
			t.Fatal(err)
		}
		f := &family{decoded: b, tracked: g, blocks: b.Blocks()}
		for _, at := range []int{0, 1, 63, 64, 8191, 1<<14 - 1, m.low<<4 - 1, m.low<<4 - 16} {
			g.call("f0", []uint64{uint64(at * m.block)})
			f.bits = f.dirty(t)
			for i := range m.count {
				if f.reported(i) != (i == at%m.count) {
					t.Errorf("%d pages: a store in block %d: the bit %d is %v", m.low, at, i, f.reported(i))
				}
			}
		}
		g.Close(t.Context())
	}
}

func merged(a, b map[int]bool) map[int]bool {
	all := maps.Clone(b)
	maps.Copy(all, a)
	return all
}

func keys(m map[int]bool) []int { return slices.Sorted(maps.Keys(m)) }
