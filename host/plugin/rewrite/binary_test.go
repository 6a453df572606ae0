package rewrite_test

import (
	"encoding/binary"
	"fmt"

	"github.com/tetratelabs/wazero/api"
)

// Value types in the binary format.
const (
	i32  = api.ValueTypeI32
	i64  = api.ValueTypeI64
	f32  = api.ValueTypeF32
	f64  = api.ValueTypeF64
	v128 = byte(0x7b)
)

// binaryModule writes a module in the binary format.
type binaryModule struct {
	types                          [][]byte
	imports                        [][]byte
	funcs, bodies                  [][]byte
	tables, memories               [][]byte
	globals, exports, elems, datas [][]byte
	count                          bool // write the data count section
	extra                          []byte
}

func uleb(n uint32) []byte { return binary.AppendUvarint(nil, uint64(n)) }

func sleb(v int64) []byte {
	var b []byte
	for {
		c := byte(v & 0x7f)
		v >>= 7
		if v == 0 && c&0x40 == 0 || v == -1 && c&0x40 != 0 {
			return append(b, c)
		}
		b = append(b, c|0x80)
	}
}

func sized(b []byte) []byte { return append(uleb(uint32(len(b))), b...) }

func join(parts ...[]byte) []byte {
	var b []byte
	for _, p := range parts {
		b = append(b, p...)
	}
	return b
}

// typ gives the index of a function type.
func (m *binaryModule) typ(params, results []byte) uint32 {
	t := join([]byte{0x60}, sized(params), sized(results))
	for i, have := range m.types {
		if string(have) == string(t) {
			return uint32(i)
		}
	}
	m.types = append(m.types, t)
	return uint32(len(m.types) - 1)
}

// function adds a function with one local of each type in locals, and gives its index
// among the module's own.
func (m *binaryModule) function(params, results, locals, code []byte) uint32 {
	m.funcs = append(m.funcs, uleb(m.typ(params, results)))
	body := uleb(uint32(len(locals)))
	for _, l := range locals {
		body = append(body, 1, l)
	}
	m.bodies = append(m.bodies, sized(append(body, code...)))
	return uint32(len(m.funcs) - 1)
}

func (m *binaryModule) memory(low, high uint32) {
	m.memories = append(m.memories, join([]byte{1}, uleb(low), uleb(high)))
}

func (m *binaryModule) table(entries uint32) {
	m.tables = append(m.tables, join([]byte{0x70, 0}, uleb(entries)))
}

func (m *binaryModule) global(typ byte, mutable bool, init ...byte) {
	g := []byte{typ, 0}
	if mutable {
		g[1] = 1
	}
	m.globals = append(m.globals, join(g, init, []byte{0x0b}))
}

func (m *binaryModule) export(name string, function uint32) {
	m.exports = append(m.exports, join(sized([]byte(name)), []byte{0}, uleb(function)))
}

func (m *binaryModule) bytes() []byte {
	out := []byte("\x00asm\x01\x00\x00\x00")
	section := func(id byte, parts [][]byte) {
		if len(parts) > 0 {
			out = append(append(out, id), sized(join(uleb(uint32(len(parts))), join(parts...)))...)
		}
	}
	section(1, m.types)
	section(2, m.imports)
	section(3, m.funcs)
	section(4, m.tables)
	section(5, m.memories)
	section(6, m.globals)
	section(7, m.exports)
	section(9, m.elems)
	if m.count {
		out = append(append(out, 12), sized(uleb(uint32(len(m.datas))))...)
	}
	section(10, m.bodies)
	section(11, m.datas)
	return append(out, m.extra...)
}

// String is the module in hexadecimal, for a failure that must be looked at.
func (m *binaryModule) String() string { return fmt.Sprintf("%x", m.bytes()) }
