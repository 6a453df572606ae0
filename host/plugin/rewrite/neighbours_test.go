package rewrite_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/acrhost/acrhost/host/plugin/rewrite"
)

// Stores that lie side by side may share a mark, as long as they are to the same local.
// What is in the way of that, by what an attacker would try: $p is in block 2, $q in
// block 9, $z is 0, and (param $c) is 0 or 1. Each case is called with both.
func besides() map[string]string {
	const p, q = `(i32.store offset=4 (local.get $p) (i32.const 7))`, `(local.set $p (local.get $q))`
	const sum = `(i32.store (i32.add (local.get $p) (i32.const 64)) (i32.const 7))`
	const z = `(i32.store (local.get $z) (i32.const 7))`
	return map[string]string{
		"the local is set":                     p + q + p,
		"the local is teed":                    p + `(drop (local.tee $p (local.get $q)))` + p,
		"the local is teed as the address":     p + `(i32.store offset=8 (local.tee $p (local.get $q)) (i32.const 7))`,
		"the local is teed as the value":       p + `(i32.store (local.get $q) (local.tee $q (local.get $p)))` + `(i32.store (local.get $q) (i32.const 7))`,
		"the address is what the local was":    `(local.get $q) (local.set $q (local.get $p)) (i32.store (local.get $q) (i32.const 7)) (i32.store (i32.const 7))`,
		"the address is taken, then set":       p + `(local.get $p)` + q + p + `(i32.store offset=80 (i32.const 7))`,
		"another local":                        p + `(i32.store offset=4 (local.get $q) (i32.const 7))`,
		"then sets it":                         p + `(if (local.get $c) (then ` + q + `))` + p,
		"else sets it":                         p + `(if (local.get $c) (then) (else ` + q + `))` + p,
		"only then stores":                     `(if (local.get $c) (then ` + p + `))` + p,
		"only else stores":                     `(if (local.get $c) (then) (else ` + p + `))` + p,
		"then stores, else too":                `(if (local.get $c) (then ` + p + `) (else ` + p + `))`,
		"then sets, else stores":               p + `(if (local.get $c) (then ` + q + p + `) (else ` + p + `))` + p,
		"a branch skips the first":             `(block (br_if 0 (local.get $c)) ` + p + `)` + p,
		"a branch skips it, in blocks":         `(block (block (block (br_if 1 (local.get $c)) ` + p + `)) ` + p + `)` + p,
		"a table of branches skips it":         `(block (block (block (br_table 0 1 2 (local.get $c))) ` + p + `)` + p + `)` + p,
		"dead code stores":                     `(block (br 0) ` + p + `)` + p,
		"dead code stores, in a block":         `(block (block (br 1) (block ` + p + `) ` + p + `))` + p,
		"a block that ends with a branch":      `(block (if (local.get $c) (then (br 1))) ` + p + `(br 0))` + p,
		"a loop sets it at its end":            `(local.set $n (i32.const 3)) (loop ` + p + q + `(br_if 0 (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))`,
		"a loop moves it":                      p + `(local.set $n (i32.const 5)) (loop ` + p + `(local.set $p (i32.add (local.get $p) (i32.const 4096))) (br_if 0 (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))` + p,
		"a loop is entered anew":               p + `(local.set $n (i32.const 2)) (loop (if (i32.eq (local.get $n) (i32.const 1)) (then ` + p + `)) ` + q + `(br_if 0 (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))`,
		"a call in between":                    p + `(call $nop)` + p + q + `(call $nop)` + p,
		"a call grows the memory":              p + `(drop (memory.grow (i32.const 1)))` + p,
		"what a call gives":                    p + `(local.get $q) (call $seven) (i32.store)`,
		"what a call gives, as the address":    p + `(local.get $p) (call $nine) (i32.store (i32.const 7)) (drop)`,
		"a select":                             p + `(i32.store (select (local.get $p) (local.get $q) (local.get $c)) (i32.const 7))`,
		"a typed select":                       p + `(i32.store (select (result i32) (local.get $p) (local.get $q) (local.get $c)) (i32.const 7))`,
		"a sum":                                p + `(i32.store (i32.add (local.get $p) (i32.const 8192)) (i32.const 7))`,
		"a load":                               p + `(i32.store (i32.const 64) (local.get $q)) (i32.store (i32.load (i32.const 64)) (i32.const 7))`,
		"a load, then a store below it":        p + `(local.get $q) (drop (i32.load (local.get $p))) (i32.store (i32.const 7))`,
		"a global":                             p + `(global.set $g (local.get $q)) (i32.store (global.get $g) (i32.const 7))`,
		"a global set below":                   p + `(local.get $q) (local.get $p) (global.set $g) (i32.store (i32.const 7))`,
		"what a block gives":                   p + `(i32.store (block (result i32) (local.get $q)) (i32.const 7))`,
		"what a block took":                    p + `(local.get $q) (local.get $p) (block (param i32) (drop)) (i32.store (i32.const 7))`,
		"what an if took":                      p + `(local.get $q) (local.get $p) (local.get $c) (if (param i32) (then (drop)) (else (drop))) (i32.store (i32.const 7))`,
		"what a loop took":                     p + `(local.get $q) (local.get $p) (loop (param i32) (drop)) (i32.store (i32.const 7))`,
		"what a branch carries":                p + `(local.get $q) (block (result i32) (br_if 0 (local.get $p) (local.get $c)) (drop) (local.get $p)) (drop) (i32.store (i32.const 7))`,
		"a drop too many":                      p + `(local.get $q) (local.get $p) (drop) (i32.store (i32.const 7))`,
		"a vector":                             p + `(local.get $q) (v128.store (v128.load (local.get $p)))`,
		"a vector's lane":                      p + `(local.get $q) (local.get $p) (v128.const i64x2 1 2) (drop) (drop) (i32.store (i32.const 7))`,
		"a vector, counted":                    p + `(local.get $q) (drop (i32x4.add (i32x4.splat (local.get $p)) (i32x4.splat (local.get $p)))) (i32.store (i32.const 7))`,
		"a saturating conversion":              p + `(local.get $q) (drop (i32.trunc_sat_f32_s (f32.const 1))) (i32.store (i32.const 7))`,
		"memory.fill in between":               p + `(local.get $q) (memory.fill (local.get $p) (local.get $p) (i32.const 1)) (i32.store (i32.const 7))`,
		"memory.size in between":               p + `(local.get $q) (drop (memory.size)) (i32.store (i32.const 7))`,
		"table instructions in between":        p + `(local.get $q) (drop (ref.is_null (table.get 0 (i32.const 0)))) (drop (table.size 0)) (i32.store (i32.const 7))`,
		"a reference in between":               p + `(local.get $q) (drop (ref.is_null (ref.null func))) (i32.store (i32.const 7))`,
		"call_indirect in between":             p + `(local.get $q) (call_indirect (i32.const 0)) (i32.store (i32.const 7))`,
		"a load, by the same local":            `(i32.store offset=4 (local.get $p) (local.get $q)) (i32.store offset=4 (i32.load offset=4 (local.get $p)) (i32.const 7))`,
		"a select below":                       p + `(local.get $q) (drop (select (local.get $p) (local.get $p) (local.get $c))) (i32.store (i32.const 7))`,
		"a typed select below":                 p + z + `(local.get $q) (drop (select (result i32) (local.get $p) (local.get $p) (local.get $z))) (i32.store (i32.const 7))`,
		"an if's condition":                    `(local.get $p) (local.get $q) (if (param i32) (then (i32.store (i32.const 7)) (i32.store (local.get $q) (i32.const 7))) (else (drop)))`,
		"a branch's condition":                 z + `(local.get $q) (br_if 0 (local.get $z)) (i32.store (i32.const 7))`,
		"call_indirect's index":                z + `(local.get $q) (call_indirect (local.get $z)) (i32.store (i32.const 7))`,
		"memory.fill's length":                 p + z + `(local.get $q) (memory.fill (local.get $p) (local.get $p) (local.get $z)) (i32.store (i32.const 7))`,
		"table.set's operands":                 p + z + `(local.get $q) (i32.add (local.get $p) (i32.const 8192)) (table.set 0 (local.get $z) (local.get $r)) (i32.store (i32.const 7)) (i32.store (i32.const 7))`,
		"a sum, then the local is set":         sum + q + sum,
		"a sum of two locals":                  p + `(i32.store (i32.add (local.get $p) (local.get $q)) (i32.const 7))`,
		"a sum whose local is set in it":       p + `(i32.store (i32.add (local.get $p) (block (result i32) ` + q + `(i32.const 64))) (i32.const 7))` + p,
		"a sum with a teed local":              p + `(i32.store (i32.add (i32.const 64) (local.tee $p (local.get $q))) (i32.const 7)) (i32.store (local.get $p) (i32.const 7))`,
		"a sum that goes around":               `(local.set $p (i32.const -64)) ` + sum + `(i32.store offset=100 (i32.add (local.get $p) (i32.const 64)) (i32.const 7)) (i32.store (i32.add (local.get $p) (i32.const 9000)) (i32.const 7))`,
		"a sum that does not, after all":       `(local.set $p (i32.const -64)) ` + sum + `(i32.store offset=65 (local.get $p) (i32.const 7))`,
		"a large constant":                     p + `(i32.store (i32.add (local.get $p) (i32.const 70000)) (i32.const 7)) (i32.store (i32.add (local.get $p) (i32.const -8192)) (i32.const 7))`,
		"a large constant that goes around":    p + `(i32.store (i32.add (local.get $p) (i32.const -4092)) (i32.const 7))`,
		"a product":                            p + `(i32.store (i32.mul (local.get $p) (i32.const 3)) (i32.const 7)) (i32.store (i32.sub (local.get $p) (i32.const 8000)) (i32.const 7))`,
		"a difference":                         p + `(i32.store (i32.sub (local.get $p) (i32.const 64)) (i32.const 7))`,
		"one of 64 bits":                       p + `(i32.store (i32.wrap_i64 (i64.sub (i64.extend_i32_u (local.get $p)) (i64.const 64))) (i32.const 7))`,
		"an intersection":                      p + `(i32.store (i32.and (local.get $p) (i32.const 64)) (i32.const 7))`,
		"a small multiple":                     p + `(i32.store (i32.shl (local.get $p) (i32.const 1)) (i32.const 7))`,
		"sums of sums":                         p + `(i32.store (i32.add (i32.add (local.get $p) (i32.const 60)) (i32.add (i32.const 60) (i32.const 4000))) (i32.const 7))`,
		"a sum of 64 bits":                     p + `(i32.store (i32.wrap_i64 (i64.add (i64.extend_i32_u (local.get $p)) (i64.const 0x500000040))) (i32.const 7)) (i32.store (i32.wrap_i64 (i64.add (i64.extend_i32_u (local.get $p)) (i64.const 8192))) (i32.const 7))`,
		"a signed one":                         p + `(i32.store (i32.wrap_i64 (i64.shl (i64.extend_i32_s (local.get $p)) (i64.const 1))) (i32.const 7))`,
		"a constant address":                   `(i32.store (i32.const 8192) (i32.const 7)) (i32.store (i32.const 36864) (i32.const 7)) (i32.store offset=8192 (i32.const 0) (i32.const 7))`,
		"a float's bits":                       p + `(i32.store (i32.add (local.get $p) (i32.reinterpret_f32 (f32.const 0x1p-136))) (i32.const 7)) (i32.store (i32.reinterpret_f32 (f32.const 0x1p-136)) (i32.const 7))`,
		"a parameter, set":                     `(i32.store (local.get $c) (i32.const 7)) (local.set $c (local.get $q)) (i32.store (local.get $c) (i32.const 7))`,
		"a return in between":                  `(block (if (local.get $c) (then ` + p + `(return)))) ` + q + p,
		"the same, behind an unreachable code": `(block (block (br 1)) ` + p + `)` + p,
	}
}

// TestMarksNeighbours holds that no store escapes by being taken for a neighbour of a
// marked one.
func TestMarksNeighbours(t *testing.T) {
	e := newEngine(t)
	for name, body := range besides() {
		wasm := wat(t, `(module (memory 5 9) (table 1 funcref) (elem (i32.const 0) $nop) (global $g (mut i32) (i32.const 0))
			(func $nop) (func $seven (result i32) (i32.const 7)) (func $nine (result i32) (i32.const 36864))
			(func (export "f") (param $c i32) (local $p i32) (local $q i32) (local $n i32) (local $z i32) (local $r funcref)
				(local.set $p (i32.const 8192)) (local.set $q (i32.const 36864)) `+body+`))`)
		for c := range uint64(2) {
			f, err := e.familyOf(t.Context(), wasm, rewrite.Limits{MemoryPages: 9, TableEntries: 9}, budget{math.MaxInt64, 10})
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			f.compare(t, "f", []uint64{c})
			if t.Failed() {
				t.Fatalf("%s, with %d", name, c)
			}
			f.close(t.Context())
		}
	}
}

// TestMarksAtEveryDistance holds the same for two stores to one local, at every distance
// and with the mark's block ending anywhere between them.
func TestMarksAtEveryDistance(t *testing.T) {
	e := newEngine(t)
	offsets := []int{0, 1, 47, 48, 49, 62, 63, 64, 65, 111, 112, 113, 126, 127, 128, 129, 175, 176, 177, 192, 4096, 1 << 16}
	for _, m := range []size{sizes[0], sizes[4]}[:1+1/thin] {
		var codes [][]byte
		for _, first := range offsets {
			for _, second := range offsets {
				var code []byte
				for _, offset := range []int{first, second} {
					code = join(code, []byte{0x20, 0, 0x23, 0, 0xfd, 11, 0}, uleb(uint32(offset)))
				}
				codes = append(codes, append(code, 0x0b))
			}
		}
		f := m.grown(t, e, 1, codes...)
		for i := 0; i < len(codes); i += thin {
			for _, before := range []int{0, 1, 15, 16, 17, 63, 64, 65, 79, 80, 127, 128, 129} {
				f.bits = nil
				f.tracked.call(fmt.Sprint("f", i), []uint64{uint64(3*m.block - before)})
				f.bits = f.dirty(t)
				if at := f.escaped(make([]byte, pages<<16), f.tracked.image()); at >= 0 {
					t.Fatalf("%d pages: at %d and %d, %d before the end of a block: byte %#x escapes", m.low, offsets[i/len(offsets)], offsets[i%len(offsets)], before, at)
				}
				clear(f.tracked.image())
			}
		}
		f.close(t.Context())
	}
}

// TestMarksBelowOperands holds that every numeric instruction takes as many operands
// from the stack as it does: else the address below would be taken for the operand,
// which is marked.
func TestMarksBelowOperands(t *testing.T) {
	m, e := sizes[4], newEngine(t)
	var codes [][]byte
	for _, n := range numerics() {
		code := join([]byte{0x20, 0, 0x41, 7, 0x36, 0, 0, 0x20, 1}) // mark local 0, keep local 1
		for _, p := range n.params {
			switch p {
			case i32:
				code = append(code, 0x20, 0)
			case i64:
				code = append(code, 0x42, 1)
			case f32:
				code = append(code, 0x43, 0, 0, 0, 0)
			case f64:
				code = append(code, 0x44, 0, 0, 0, 0, 0, 0, 0, 0)
			case v128:
				code = join(code, []byte{0xfd, 12}, make([]byte, 16))
			}
		}
		codes = append(codes, join(code, n.op, []byte{0x1a, 0x41, 7, 0x36, 0, 0, 0x0b}))
	}
	f := m.grown(t, e, 2, codes...)
	for i, n := range numerics() {
		got, _ := f.marked(t, fmt.Sprint("f", i), 2*m.block, 9*m.block)
		if fmt.Sprint(got) != "[2 9]" {
			t.Errorf("% x: reported %d", n.op, got)
		}
	}
	f.close(t.Context())
}
