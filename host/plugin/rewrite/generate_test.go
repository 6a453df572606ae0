package rewrite_test

import (
	"bytes"
	"slices"
)

// dice are the choices of a generated program, a byte each. When they are used up all
// are zero, which is the simplest choice.
type dice struct{ b []byte }

func (d *dice) byte() byte {
	if len(d.b) == 0 {
		return 0
	}
	b := d.b[0]
	d.b = d.b[1:]
	return b
}

func (d *dice) below(n int) int { return int(d.byte()) % n }

func (d *dice) bytes(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = d.byte()
	}
	return b
}

func (d *dice) u64() uint64 {
	var v uint64
	for range 8 {
		v = v<<8 | uint64(d.byte())
	}
	return v
}

var numbers = []byte{i32, i64, f32, f64, v128}

// types gives up to n types.
func (d *dice) types(n int) []byte {
	list := make([]byte, d.below(n+1))
	for i := range list {
		list[i] = numbers[d.below(len(numbers))]
	}
	return list
}

// The globals of a generated program. The first counts function entries and rounds of
// loops.
const (
	roundsGlobal = 0
	constGlobal  = 6
)

// tableEntries are the entries of a program's table, some of them null.
const tableEntries = 8

type signature struct{ params, results []byte }

// program is a valid module made of dice. Nothing bounds how long it runs.
type program struct {
	d       *dice
	m       *binaryModule
	funcs   []signature
	left    int    // how many more nodes its code may have
	low     uint32 // pages at the start
	swaps   bool   // it changes tables and drops segments
	vectors bool   // a global may hold a vector
	inits   bool   // it names a data segment, so that none may be merged

	numerics []numeric
}

// generate makes a program, with the exported functions f and g.
func generate(choices []byte) *program {
	p := &program{d: &dice{choices}, m: &binaryModule{count: true}, left: 600, numerics: numerics()}
	p.swaps, p.vectors, p.inits = p.d.below(4) == 3, p.d.below(4) == 3, p.d.below(2) == 1
	p.low = uint32(1 + p.d.below(5))
	p.m.memory(p.low, p.low+uint32(p.d.below(4)))
	p.m.table(tableEntries)
	p.addGlobals()
	for range 2 + p.d.below(4) {
		p.funcs = append(p.funcs, signature{p.d.types(3), p.d.types(3)})
	}
	for i := range p.funcs {
		p.left = max(p.left, 50)
		p.function(i)
	}
	p.m.export("f", 0)
	p.m.export("g", uint32(len(p.funcs)-1))
	p.addSegments()
	return p
}

func (p *program) addGlobals() {
	p.m.global(i64, true, 0x42, 0) // roundsGlobal
	p.m.global(i32, true, 0x41, 1)
	p.m.global(i64, true, 0x42, 2)
	p.m.global(f32, true, append([]byte{0x43}, p.d.bytes(4)...)...)
	p.m.global(f64, true, append([]byte{0x44}, p.d.bytes(8)...)...)
	p.m.global(v128, p.vectors, append([]byte{0xfd, 12}, p.d.bytes(16)...)...)
	p.m.global(i32, false, 0x41, 0x10) // constGlobal
}

func (p *program) addSegments() {
	var all []byte
	for i := range p.funcs {
		all = append(all, uleb(uint32(i))...)
	}
	all = append(uleb(uint32(len(p.funcs))), all...)
	p.m.elems = [][]byte{
		join([]byte{0, 0x41, 0, 0x0b}, all),
		join([]byte{1, 0}, all), // passive
	}
	p.m.datas = [][]byte{join([]byte{1}, sized(bytes.Repeat([]byte("passive"), 2000)))}
	for range p.d.below(6) {
		at := p.d.below(40)*200 + p.d.below(50)
		content := bytes.Repeat([]byte{p.d.byte(), 0, p.d.byte()}, p.d.below(80))
		p.m.datas = append(p.m.datas, join([]byte{0, 0x41}, sleb(int64(at)), []byte{0x0b}, sized(content)))
	}
}

// args are arguments for a call of function i.
func (p *program) args(i int) []uint64 {
	var args []uint64
	for _, t := range p.funcs[i].params {
		v := p.d.u64()
		switch t {
		case i32, f32:
			v &= 1<<32 - 1
		case v128:
			args = append(args, p.d.u64())
		}
		args = append(args, v)
	}
	return args
}

// Locals that each function has behind its parameters: two of each type, counters for
// loops in loops, and a place to look at a float twice.
var ownLocals = slices.Concat(numbers, numbers, bytes.Repeat([]byte{i32}, maxLoops), []byte{f32, f64})

const maxLoops = 3

func (p *program) function(i int) {
	f := p.funcs[i]
	c := &coder{p: p, sig: f, locals: slices.Concat(f.params, ownLocals)}
	c.labels = []label{{f.results}}
	c.round()
	c.statements(4)
	c.values(f.results, 3)
	c.emit(0x0b)
	p.m.function(f.params, f.results, ownLocals, c.code)
}

// counter is the local that counts the rounds of the nth loop in loops.
func (c *coder) counter(n int) int { return len(c.sig.params) + 2*len(numbers) + n }

// spare is the local that helps to look at a float twice.
func (c *coder) spare(t byte) int {
	if t == f32 {
		return len(c.locals) - 2
	}
	return len(c.locals) - 1
}

// variables are the locals of a type that code may set.
func (c *coder) variables(t byte) []int {
	var list []int
	for i := range len(c.sig.params) + 2*len(numbers) {
		if c.locals[i] == t {
			list = append(list, i)
		}
	}
	return list
}
