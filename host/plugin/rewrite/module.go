package rewrite

import (
	"fmt"
	"strings"
)

// ValType is the type of a value, as its byte in the binary format.
type ValType byte

// The value types of WebAssembly 2.0.
const (
	I32       ValType = 0x7f
	I64       ValType = 0x7e
	F32       ValType = 0x7d
	F64       ValType = 0x7c
	V128      ValType = 0x7b
	FuncRef   ValType = 0x70
	ExternRef ValType = 0x6f
)

// String is the type's name in the text format.
func (t ValType) String() string {
	switch t {
	case I32:
		return "i32"
	case I64:
		return "i64"
	case F32:
		return "f32"
	case F64:
		return "f64"
	case V128:
		return "v128"
	case FuncRef:
		return "funcref"
	case ExternRef:
		return "externref"
	}
	return fmt.Sprintf("type 0x%02x", byte(t))
}

// FuncType is the type of a function.
type FuncType struct {
	Params, Results []ValType
}

// String is the type as "(i32, i32) -> (i32)".
func (t FuncType) String() string {
	list := func(types []ValType) string {
		names := make([]string, len(types))
		for i, v := range types {
			names[i] = v.String()
		}
		return "(" + strings.Join(names, ", ") + ")"
	}
	return list(t.Params) + " -> " + list(t.Results)
}

// Kind is what an import or an export is.
type Kind byte

// The kinds of WebAssembly 2.0, and the one that exceptions add, which is read to be named.
const (
	Func   Kind = 0
	Table  Kind = 1
	Memory Kind = 2
	Global Kind = 3
	Tag    Kind = 4
)

// String is the kind's name in the text format.
func (k Kind) String() string {
	names := [...]string{"func", "table", "memory", "global", "tag"}
	if int(k) < len(names) {
		return names[k]
	}
	return fmt.Sprintf("kind %d", byte(k))
}

// Import is something that a module wants. Type is set for a function only.
type Import struct {
	Module, Name string
	Kind         Kind
	Type         FuncType
}

// Export is something that a module offers. Type is set for a function only, Mutable for
// a global.
type Export struct {
	Name    string
	Kind    Kind
	Type    FuncType
	Mutable bool

	index uint32
}

// Custom is a custom section. Its content means nothing to the specification.
type Custom struct {
	Name string
	Data []byte
}

// Module is a decoded module. The bytes that it was decoded from must not change
// while it is in use.
type Module struct {
	Imports []Import
	Exports []Export
	Customs []Custom

	types     []FuncType
	imported  []uint32 // type indices of the imported functions
	funcs     []uint32 // type indices of the module's own functions
	tables    []table
	memories  []limits
	globals   []global
	start     *uint32
	elems     []elem
	dataCount *uint32
	bodies    [][]byte
	datas     []data

	declared  map[uint32]bool // functions that ref.func may name
	plans     []*plan         // what the scan found; nil before it
	assigned  []int           // by local of any body: where in all of them it was assigned last
	lasting   lasting         // of the body that is scanned
	lives     lives           // of the body that is scanned
	scanned   int             // bytes of the bodies before the one that is scanned
	namesData bool            // an instruction names a data segment; known after the scan
	touches   string          // an instruction that changes a table or a segment, by name; known after the scan
}

// limits of a memory (pages) or a table (entries).
type limits struct {
	min    uint32
	max    uint32
	hasMax bool
}

type table struct {
	elem ValType
	limits
}

type global struct {
	typ     ValType
	mutable bool
	init    constant
}

// constant is a constant expression: one instruction and end.
type constant struct {
	op    byte
	raw   []byte // the immediate, as it was
	index uint32 // of ref.func
	value int32  // of i32.const
}

// elem is an element segment in any of its eight forms (core specification
// 5.5.12). Exactly one of funcs and exprs is used, as the form says.
type elem struct {
	flags  uint32
	table  uint32
	offset constant
	kind   byte
	funcs  []uint32
	exprs  []constant
}

type data struct {
	passive bool
	offset  constant
	bytes   []byte
}

// funcCount is how many functions the module can name. The imported ones come
// first.
func (m *Module) funcCount() int { return len(m.imported) + len(m.funcs) }

// declare notes that a function is named outside of the bodies. Core specification
// 3.4.10: only such a function may be named by ref.func. The start section doesn't
// count, and the export that it becomes must not make a difference.
func (m *Module) declare(i uint32) {
	if m.declared == nil {
		m.declared = map[uint32]bool{}
	}
	m.declared[i] = true
}

// funcType is the type of function i, which must exist.
func (m *Module) funcType(i uint32) FuncType {
	if int(i) < len(m.imported) {
		return m.types[m.imported[i]]
	}
	return m.types[m.funcs[int(i)-len(m.imported)]]
}
