package rewrite

import (
	"cmp"
	"maps"
	"slices"
)

// encode writes the whole module.
func (m *Module) encode(in *injected) []byte {
	w := &writer{b: []byte(preamble)}
	helpers := append(m.helpers(in), in.track.functions()...)
	m.encodeTypes(w, in)
	m.encodeImports(w, in)
	w.section(funcSection, len(m.funcs)+len(helpers), func(w *writer) {
		for _, t := range m.funcs {
			w.u32(t)
		}
		for _, h := range helpers {
			w.u32(h.typ)
		}
	})
	m.encodeTables(w, in)
	m.encodeMemory(w, in)
	m.encodeGlobals(w, in)
	m.encodeExports(w, in)
	w.section(elemSection, len(m.elems), func(w *writer) {
		for _, e := range m.elems {
			e.encode(w, in)
		}
	})
	datas := m.mergedData()
	if m.dataCount != nil {
		var count writer
		count.u32(uint32(len(datas)))
		w.byte(byte(dataCountSection))
		w.bytes(count.b)
	}
	w.section(codeSection, len(m.plans)+len(helpers), func(w *writer) {
		for i, p := range m.plans {
			w.bytes(p.encode(in, m.types[m.funcs[i]]))
		}
		for _, h := range helpers {
			w.bytes(h.body)
		}
	})
	w.section(dataSection, len(datas), func(w *writer) {
		for _, d := range datas {
			d.encode(w)
		}
	})
	return w.b
}

func (m *Module) encodeTypes(w *writer, in *injected) {
	types := slices.Clone(m.types)
	types = append(types,
		FuncType{Params: []ValType{I64}, Results: []ValType{I64}}, // refillType
		FuncType{Params: []ValType{I64}},                          // chargeType
		FuncType{Params: []ValType{I32}, Results: []ValType{I32}}, // payType
		FuncType{}, // slowType
	)
	types = append(types, bulkTypes()...)
	added := slices.SortedFunc(maps.Keys(in.resultTypes), func(a, b string) int {
		return cmp.Compare(in.resultTypes[a], in.resultTypes[b])
	})
	for _, key := range added {
		t := FuncType{}
		for _, v := range []byte(key) {
			t.Results = append(t.Results, ValType(v))
		}
		types = append(types, t)
	}
	types = append(types, in.track.types()...)
	w.section(typeSection, len(types), func(w *writer) {
		for _, t := range types {
			w.byte(0x60)
			w.name(typeKey(t.Params))
			w.name(typeKey(t.Results))
		}
	})
}

func (m *Module) encodeImports(w *writer, in *injected) {
	w.section(importSection, len(m.Imports)+1, func(w *writer) {
		for i, imp := range m.Imports {
			w.name(imp.Module)
			w.name(imp.Name)
			w.op(byte(Func), m.imported[i])
		}
		w.name(RuntimeModule)
		w.name(Refill)
		w.op(byte(Func), in.refillType)
	})
}

// encodeTables gives every table a maximum: its minimum, and its share of what all
// minima leave of the limit.
func (m *Module) encodeTables(w *writer, in *injected) {
	left := in.limits.TableEntries
	for _, t := range m.tables {
		left -= t.min
	}
	left /= max(1, uint32(len(m.tables)))
	tables := slices.Clone(m.tables)
	for i, t := range tables {
		tables[i].limits = t.capped(t.min + left)
	}
	tables = append(tables, in.track.tables()...)
	w.section(tableSection, len(tables), func(w *writer) {
		for _, t := range tables {
			w.byte(byte(t.elem))
			t.encode(w)
		}
	})
}

func (m *Module) encodeMemory(w *writer, in *injected) {
	w.section(memorySection, len(m.memories), func(w *writer) {
		for _, mem := range m.memories {
			mem.capped(in.limits.MemoryPages).encode(w)
		}
	})
}

func (l limits) capped(limit uint32) limits {
	if !l.hasMax || l.max > limit {
		l.max, l.hasMax = limit, true
	}
	return l
}

func (l limits) encode(w *writer) {
	w.byte(1)
	w.u32(l.min)
	w.u32(l.max)
}

func (m *Module) encodeGlobals(w *writer, in *injected) {
	added := 3
	if in.track.on {
		added++
	}
	w.section(globalSection, len(m.globals)+added, func(w *writer) {
		for _, g := range m.globals {
			w.byte(byte(g.typ))
			if g.mutable {
				w.byte(1)
			} else {
				w.byte(0)
			}
			g.init.encode(w, in)
		}
		w.byte(byte(I64), 1, opI64Const, 0, opEnd) // fuel
		w.byte(byte(I64), 1, opI64Const, 0, opEnd) // depth
		w.byte(byte(I32), 1, opI32Const, 0, opEnd) // refused
		if in.track.on {
			in.track.encodeGlobal(w)
		}
	})
}

func (m *Module) encodeExports(w *writer, in *injected) {
	exports := slices.Clone(m.Exports)
	if m.start != nil {
		exports = append(exports, Export{Name: StartExport, Kind: Func, index: *m.start})
	}
	exports = append(exports,
		Export{Name: FuelGlobal, Kind: Global, index: in.fuel},
		Export{Name: DepthGlobal, Kind: Global, index: in.depth},
		Export{Name: RefusedGlobal, Kind: Global, index: in.refused},
	)
	for i, e := range exports {
		if e.Kind == Func {
			exports[i].index = in.moved(e.index)
		}
	}
	if in.track.on {
		exports = append(exports, in.track.exports()...)
		for _, i := range m.MutableGlobals() {
			exports = append(exports, Export{Name: GlobalExport(i), Kind: Global, index: uint32(i)})
		}
	}
	w.section(exportSection, len(exports), func(w *writer) {
		for _, e := range exports {
			w.name(e.Name)
			w.op(byte(e.Kind), e.index)
		}
	})
}

func (c constant) encode(w *writer, in *injected) {
	w.byte(c.op)
	if c.op == opRefFunc {
		w.u32(in.moved(c.index))
	} else {
		w.byte(c.raw...)
	}
	w.byte(opEnd)
}

func (e elem) encode(w *writer, in *injected) {
	w.u32(e.flags)
	if e.flags&1 == 0 {
		if e.flags&2 != 0 {
			w.u32(e.table)
		}
		e.offset.encode(w, in)
	}
	if e.flags&3 != 0 {
		w.byte(e.kind)
	}
	w.u32(uint32(len(e.funcs) + len(e.exprs)))
	for _, f := range e.funcs {
		w.u32(in.moved(f))
	}
	for _, c := range e.exprs {
		c.encode(w, in)
	}
}
