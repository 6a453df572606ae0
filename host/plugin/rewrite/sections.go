package rewrite

func (r *reader) valType() ValType {
	t := ValType(r.byte())
	switch t {
	case I32, I64, F32, F64, V128, FuncRef, ExternRef:
	default:
		r.fail("0x%02x is not a value type", byte(t))
	}
	return t
}

func (r *reader) refType() ValType {
	t := ValType(r.byte())
	if t != FuncRef && t != ExternRef {
		r.fail("0x%02x is not a reference type", byte(t))
	}
	return t
}

func (r *reader) limits() limits {
	var l limits
	flags := r.byte()
	if flags > 1 {
		r.fail("limits 0x%02x: shared and 64-bit memories are not allowed", flags)
	}
	l.min = r.u32()
	if flags == 1 {
		l.hasMax = true
		if l.max = r.u32(); l.max < l.min {
			r.fail("the maximum %d is below the minimum %d", l.max, l.min)
		}
	}
	return l
}

// memoryLimits are in pages, of which 2^32 bytes hold 65536.
func (r *reader) memoryLimits() limits {
	l := r.limits()
	if l.min > 1<<16 || l.max > 1<<16 {
		r.fail("a memory of more than 65536 pages")
	}
	return l
}

func (m *Module) decodeType(r *reader) {
	if form := r.byte(); form != 0x60 {
		r.fail("type form 0x%02x is not a function", form)
	}
	m.types = append(m.types, FuncType{Params: r.valTypes(), Results: r.valTypes()})
}

// maxTypeValues is of parameters or results of a type, as of browsers (WebAssembly JavaScript
// interface, implementation limits). The engine takes minutes for a type that names a million.
const maxTypeValues = 1000

func (r *reader) valTypes() (list []ValType) {
	r.vector(func() {
		if len(list) == maxTypeValues {
			r.fail("a function has more than %d parameters or results", maxTypeValues)
		}
		list = append(list, r.valType())
	})
	return list
}

// decodeImport reads any import; that only functions may be imported is said by
// Rewrite, so that a caller can first name what it refuses.
func (m *Module) decodeImport(r *reader) {
	i := Import{Module: r.name(), Name: r.name(), Kind: Kind(r.byte())}
	switch i.Kind {
	case Func:
		t := r.index("type", len(m.types))
		if r.err == nil {
			i.Type = m.types[t]
		}
		m.imported = append(m.imported, t)
	case Table:
		r.refType()
		r.limits()
	case Memory:
		r.limits()
	case Global:
		r.valType()
		r.byte()
	case Tag:
		r.byte()
		r.index("type", len(m.types))
	default:
		r.fail("import of %s", i.Kind)
	}
	m.Imports = append(m.Imports, i)
}

func (m *Module) decodeGlobal(r *reader) {
	g := global{typ: r.valType()}
	mutable := r.byte()
	if mutable > 1 {
		r.fail("mutability 0x%02x", mutable)
	}
	g.mutable = mutable == 1
	g.init = m.constant(r)
	m.globals = append(m.globals, g)
}

func (m *Module) decodeExport(r *reader) {
	e := Export{Name: r.name(), Kind: Kind(r.byte())}
	switch e.Kind {
	case Func:
		e.index = r.index("function", m.funcCount())
		if r.err == nil {
			e.Type = m.funcType(e.index)
		}
		m.declare(e.index)
	case Table:
		e.index = r.index("table", len(m.tables))
	case Memory:
		e.index = r.index("memory", len(m.memories))
	case Global:
		e.index = r.index("global", len(m.globals))
		if r.err == nil {
			e.Mutable = m.globals[e.index].mutable
		}
	default:
		r.fail("export of %s", e.Kind)
	}
	m.Exports = append(m.Exports, e)
}

// constant reads a constant expression. Core specification 3.3.10 also allows
// global.get of an imported global; there are none here.
func (m *Module) constant(r *reader) constant {
	c := constant{op: r.byte()}
	from := r.pos
	switch c.op {
	case opI32Const:
		c.value = int32(r.signed(32))
	case opI64Const:
		r.signed(64)
	case opF32Const:
		r.bytes(4)
	case opF64Const:
		r.bytes(8)
	case opRefNull:
		r.refType()
	case opRefFunc:
		c.index = r.index("function", m.funcCount())
		m.declare(c.index)
	case opVector:
		if sub := r.u32(); sub != 12 { // v128.const
			r.fail("vector instruction %d in a constant expression", sub)
		}
		r.bytes(16)
	case opGlobalGet:
		r.fail("global.get in a constant expression; write the constant itself, since no global can be imported")
	default:
		r.fail("instruction 0x%02x in a constant expression", c.op)
	}
	c.raw = r.b[from:r.pos]
	if end := r.byte(); r.err == nil && end != opEnd {
		r.fail("a constant expression has more than one instruction")
	}
	return c
}

// offset reads the constant expression of an active segment.
func (m *Module) offset(r *reader) constant {
	c := m.constant(r)
	if r.err == nil && c.op != opI32Const {
		r.fail("the offset of a segment must be i32.const")
	}
	return c
}

// decodeElem reads an element segment. Bit 0 of the flags: passive or declarative;
// bit 1: an explicit table, or declarative; bit 2: expressions instead of indices.
func (m *Module) decodeElem(r *reader) {
	s := elem{flags: r.u32()}
	if s.flags > 7 {
		r.fail("element segment of form %d", s.flags)
		return
	}
	if s.flags&1 == 0 {
		if s.flags&2 != 0 {
			s.table = r.u32()
		}
		s.offset = m.offset(r)
		if r.err == nil && uint64(s.table) >= uint64(len(m.tables)) {
			r.fail("table %d does not exist", s.table)
		}
	}
	if s.flags&3 != 0 {
		s.kind = r.byte() // an element kind, or with expressions a reference type
	}
	if s.flags&4 == 0 {
		r.vector(func() {
			f := r.index("function", m.funcCount())
			m.declare(f)
			s.funcs = append(s.funcs, f)
		})
	} else {
		r.vector(func() { s.exprs = append(s.exprs, m.constant(r)) })
	}
	m.elems = append(m.elems, s)
}

func (m *Module) decodeData(r *reader) {
	var d data
	switch form := r.u32(); form {
	case 0:
		d.offset = m.offset(r)
	case 2:
		r.index("memory", len(m.memories))
		d.offset = m.offset(r)
	case 1:
		d.passive = true
	default:
		r.fail("data segment of form %d", form)
	}
	if r.err == nil && !d.passive && len(m.memories) == 0 {
		r.fail("a data segment without a memory")
	}
	d.bytes = r.bytes(r.u32())
	m.datas = append(m.datas, d)
}
