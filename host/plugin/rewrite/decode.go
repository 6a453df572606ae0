package rewrite

import (
	"bytes"
	"errors"
	"fmt"
)

// section is one section's number in the binary format.
type section byte

const (
	customSection section = iota
	typeSection
	importSection
	funcSection
	tableSection
	memorySection
	globalSection
	exportSection
	startSection
	elemSection
	codeSection
	dataSection
	dataCountSection
)

// String is the section's name, for messages.
func (s section) String() string {
	names := [...]string{"custom", "type", "import", "function", "table", "memory", "global", "export", "start", "element", "code", "data", "data count", "tag"}
	if int(s) < len(names) {
		return names[s] + " section"
	}
	return fmt.Sprintf("section %d", byte(s))
}

// order is the place of a section. Core specification 5.5.2: each at most once, in
// the order of their numbers, but data count before code.
func (s section) order() int {
	switch s {
	case dataCountSection:
		return 2*int(codeSection) - 1
	default:
		return 2 * int(s)
	}
}

// preamble is the magic number and version 1.
const preamble = "\x00asm\x01\x00\x00\x00"

// Decode reads a module down to the bodies of its functions, whose instructions
// Rewrite reads. The error says which section is at fault.
func Decode(wasm []byte) (*Module, error) {
	if !bytes.HasPrefix(wasm, []byte("\x00asm")) {
		return nil, errors.New("not a WebAssembly module")
	}
	if !bytes.HasPrefix(wasm, []byte(preamble)) {
		return nil, errors.New("not a core WebAssembly module of version 1 (a component?)")
	}
	m := &Module{}
	r := &reader{b: wasm, pos: len(preamble)}
	last := 0
	for r.more() {
		id := section(r.byte())
		body := &reader{b: r.bytes(r.u32())}
		if r.err != nil {
			return nil, fmt.Errorf("%s: %w", id, r.err)
		}
		if id != customSection {
			if id.order() <= last {
				return nil, fmt.Errorf("%s: out of order or repeated", id)
			}
			last = id.order()
		}
		if m.decodeSection(id, body); body.err != nil {
			return nil, m.misread(id, body.err)
		}
	}
	return m, m.checkCounts()
}

func (m *Module) decodeSection(id section, r *reader) {
	switch id {
	case customSection:
		name := r.name()
		m.Customs = append(m.Customs, Custom{Name: name, Data: r.b[r.pos:]})
		return
	case typeSection:
		r.vector(func() { m.decodeType(r) })
	case importSection:
		r.vector(func() { m.decodeImport(r) })
	case funcSection:
		r.vector(func() { m.funcs = append(m.funcs, r.index("type", len(m.types))) })
	case tableSection:
		r.vector(func() { m.tables = append(m.tables, table{elem: r.refType(), limits: r.limits()}) })
	case memorySection:
		r.vector(func() { m.memories = append(m.memories, r.memoryLimits()) })
	case globalSection:
		r.vector(func() { m.decodeGlobal(r) })
	case exportSection:
		r.vector(func() { m.decodeExport(r) })
	case startSection:
		start := r.index("function", m.funcCount())
		m.start = &start
	case elemSection:
		r.vector(func() { m.decodeElem(r) })
	case dataCountSection:
		n := r.u32()
		m.dataCount = &n
	case codeSection:
		r.vector(func() { m.bodies = append(m.bodies, r.bytes(r.u32())) })
	case dataSection:
		r.vector(func() { m.decodeData(r) })
	default:
		r.fail("not a section of WebAssembly 2.0")
	}
	r.done()
}

// checkCounts compares what sections say of each other.
func (m *Module) checkCounts() error {
	if len(m.funcs) != len(m.bodies) {
		return fmt.Errorf("code section: %d bodies for %d functions", len(m.bodies), len(m.funcs))
	}
	if m.dataCount != nil && uint64(*m.dataCount) != uint64(len(m.datas)) {
		return fmt.Errorf("data count section: %d, but there are %d segments", *m.dataCount, len(m.datas))
	}
	if len(m.memories) > 1 {
		return fmt.Errorf("memory section: %d memories, one is allowed", len(m.memories))
	}
	return nil
}
