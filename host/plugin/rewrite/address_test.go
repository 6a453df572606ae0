package rewrite_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/acrhost/acrhost/host/plugin/rewrite"
)

// compiler writes bodies that store side by side, as compilers do for frames and
// structs: the addresses are locals plus constants, added in either width, while the
// locals change and control goes this way and that.
type compiler struct {
	*rand.Rand
	b strings.Builder
}

func (n *compiler) line(format string, args ...any) { fmt.Fprintf(&n.b, format+"\n", args...) }

// pick is one of several texts.
func (n *compiler) pick(list ...string) string { return list[n.IntN(len(list))] }

// address is an address near the local k, or near the end of the numbers.
func (n *compiler) address() string {
	k, plus := n.IntN(3), n.IntN(200)
	switch n.IntN(6) {
	case 0:
		return fmt.Sprintf("(i32.add (local.get %d) (i32.const %d))", k, plus)
	case 1:
		return fmt.Sprintf("(i32.add (i32.const %d) (i32.add (local.get %d) (i32.const %d)))", n.IntN(40), k, plus)
	case 2:
		return fmt.Sprintf("(i32.wrap_i64 (i64.add (i64.extend_i32_u (local.get %d)) (i64.const %d)))", k, plus)
	case 3:
		return fmt.Sprintf("(i32.wrap_i64 (i64.add (local.get 3) (i64.const %d)))", plus)
	case 4:
		return fmt.Sprintf("(local.tee %d (i32.add (local.get %d) (i32.const %d)))", k, n.IntN(3), n.IntN(64)-32)
	}
	return fmt.Sprintf("(local.get %d)", k)
}

func (n *compiler) store() {
	op := n.pick("i32.store", "i64.store", "i32.store8", "i64.store16", "f64.store", "v128.store")
	value := map[string]string{
		"i32": n.pick("(i32.const -1)", fmt.Sprintf("(local.tee %d (i32.add (local.get %d) (i32.const %d)))", n.IntN(3), n.IntN(3), n.IntN(3000))), "i64": "(i64.extend_i32_u (i32.load (local.get 0)))",
		"f64": "(select (f64.const 1) (f64.const 2) (local.get 1))", "v12": "(v128.const i64x2 -1 -1)",
	}[op[:3]]
	n.line("(%s offset=%d %s %s)", op, n.IntN(220), n.address(), value)
}

// statements writes some of them, nested up to a depth. They are few: a mark that is
// missing shows only where no other one hides it.
func (n *compiler) statements(depth int) {
	for range 1 + n.IntN(3) {
		switch n.IntN(10) {
		case 0:
			n.line("(local.set %d (i32.add (local.get %d) (i32.const %d)))", n.IntN(3), n.IntN(3), n.IntN(300)-150)
		case 1:
			n.line("(local.set 3 (i64.extend_i32_u (local.get %d)))", n.IntN(3))
		case 2:
			n.line("(call $other (local.get %d))", n.IntN(3))
		case 3, 4:
			if depth > 0 {
				n.nested(depth)
			}
		default:
			n.store()
		}
	}
}

func (n *compiler) nested(depth int) {
	switch n.IntN(4) {
	case 0:
		n.line("(if (i32.and (local.get %d) (i32.const %d)) (then", n.IntN(3), 1<<n.IntN(9))
		n.statements(depth - 1)
		n.line(") (else")
		n.statements(depth - 1)
		n.line("))")
	case 1:
		n.line("(block $b (br_if $b (i32.and (local.get %d) (i32.const %d)))", n.IntN(3), 1<<n.IntN(9))
		n.statements(depth - 1)
		n.line(")")
	case 2:
		count := 3 + depth // a counter for each depth
		n.line("(local.set %d (i32.const 3)) (loop $l", count)
		n.statements(depth - 1)
		n.line("(local.set 0 (i32.add (local.get 0) (i32.const %d)))", n.IntN(500))
		n.line("(br_if $l (local.tee %d (i32.sub (local.get %d) (i32.const 1)))))", count, count)
	default:
		n.line("(block $b (block $c (br_table $b $c $b (i32.and (local.get 1) (i32.const 3))))")
		n.statements(depth - 1)
		n.line(")")
	}
}

// TestMarksSideBySide holds that one mark for several stores stands for all of them:
// in bodies made to find a store that it doesn't, called with addresses around the
// borders of blocks, byte for byte.
func TestMarksSideBySide(t *testing.T) {
	const functions, calls = 400 / thin, 12
	for _, pages := range []int{1, 2, 4, 5, 8} {
		n := &compiler{Rand: rand.New(rand.NewPCG(1, uint64(pages)))}
		n.line(`(module (memory %d) (func $other (param i32) (i32.store offset=8 (local.get 0) (i32.const 7)))`, pages)
		for i := range functions {
			n.line(`(func (export "f%d") (param i32 i32 i32) (local i64 i32 i32 i32)`, i)
			n.statements(1 + i%3)
			n.line(")")
		}
		n.line(")")
		f, err := newEngine(t).familyOf(t.Context(), wat(t, n.b.String()), rewrite.Limits{MemoryPages: 16, TableEntries: 16}, budget{1 << 20, 100})
		if err != nil {
			t.Fatal(err)
		}
		for i := range functions * calls {
			var args []uint64
			for range 3 {
				args = append(args, uint64(uint32((1+n.IntN(pages*64))*1024-n.IntN(400))))
			}
			f.compare(t, fmt.Sprint("f", i%functions), args)
		}
		f.close(t.Context())
	}
}

// TestMarksWithinReach holds the same at the very edge of what one mark stands for: its
// store is in the last byte of a block, and the widest other one ever further away.
func TestMarksWithinReach(t *testing.T) {
	const from, to = rewrite.Reach - 40, rewrite.Reach + 40
	var b strings.Builder
	b.WriteString("(module (memory 1) (global v128 (v128.const i64x2 -1 -1))\n") // a constant there would lose the address
	for d := from; d < to; d++ {
		fmt.Fprintf(&b, `(func (export "f%d") (param i32)
			(i32.store8 (local.get 0) (i32.const 1))
			(v128.store offset=%d (local.get 0) (global.get 0)))`, d, d)
	}
	b.WriteString(")")
	f, err := newEngine(t).familyOf(t.Context(), wat(t, b.String()), rewrite.Limits{MemoryPages: 16, TableEntries: 16}, budget{1 << 20, 100})
	if err != nil {
		t.Fatal(err)
	}
	defer f.close(t.Context())
	for d := from; d < to; d++ {
		for n := 0; n < f.blocks.Count-1; n += thin {
			f.compare(t, fmt.Sprint("f", d), []uint64{uint64((n+1)*f.blocks.Bytes - 1)})
		}
		for _, g := range []*guest{f.plain, f.bounded, f.again, f.tracked} {
			clear(g.image())
		}
	}
}
