package rewrite

import "slices"

// localsPerFrame is how many locals count as one more frame of depth, so that the
// depth bounds the stack in bytes too.
const localsPerFrame = 256

// encode writes a body with its changes.
//
// A function that calls something is wrapped, so that it has one exit:
//
//	depth -= frames; if depth < 0 { unreachable }
//	block (results)
//	  … the body; return is br to the end of this block …
//	end
//	depth += frames
//
// The block takes the place of the function's own label, so branches to it mean the
// same as before. A trap leaves the depth as it is; the instance is thrown away.
// A function that calls nothing adds one frame to the one that called it, and is
// left as it is.
func (p *plan) encode(in *injected, t FuncType) []byte {
	w := &writer{b: make([]byte, 0, 2*len(p.code)+32)}
	s, groups := p.scratch(in)
	w.u32(uint32(len(groups)))
	for _, g := range groups {
		w.u32(g.count)
		w.byte(byte(g.typ))
	}
	if p.calls {
		in.enter(w, p.frames())
		w.byte(opBlock)
		in.blockType(w, t.Results)
	}
	p.encodeCode(w, in, s)
	if p.calls {
		in.leave(w, p.frames())
		w.byte(opEnd)
	}
	return w.b
}

// scratch are the locals that are added: an i64 for the fuel, and where stores are
// tracked the address and the value, by type.
type scratch struct {
	fuel, address uint32
	value         map[ValType]uint32
}

// scratch gives the added locals their indices, and lists all groups of locals.
func (p *plan) scratch(in *injected) (scratch, []localGroup) {
	groups := append(slices.Clone(p.locals), localGroup{1, I64})
	s := scratch{fuel: p.localCount}
	if !in.track.on || len(p.stores) == 0 {
		return s, groups
	}
	next := s.fuel + 1
	add := func(typ ValType) uint32 {
		groups = append(groups, localGroup{1, typ})
		next++
		return next - 1
	}
	s.address = add(I32)
	s.value = map[ValType]uint32{I64: s.fuel} // never in use at the same time
	for _, typ := range []ValType{I32, F32, F64, V128} {
		if p.stores[typ] {
			s.value[typ] = add(typ)
		}
	}
	return s, groups
}

func (p *plan) frames() int32 { return 1 + int32(p.localCount/localsPerFrame) }

func (in *injected) enter(w *writer, frames int32) {
	w.op(opGlobalGet, in.depth)
	w.i32(frames)
	w.byte(opI32Sub)
	w.op(opGlobalSet, in.depth)
	w.op(opGlobalGet, in.depth)
	w.i32(0)
	w.byte(opI32LtS, opIf, emptyResult, opUnreachable, opEnd)
}

func (in *injected) leave(w *writer, frames int32) {
	w.op(opGlobalGet, in.depth)
	w.i32(frames)
	w.byte(opI32Add)
	w.op(opGlobalSet, in.depth)
}

// blockType writes the type of a block without parameters.
func (in *injected) blockType(w *writer, results []ValType) {
	switch len(results) {
	case 0:
		w.byte(emptyResult)
	case 1:
		w.byte(byte(results[0]))
	default:
		w.signed(int64(in.resultTypes[typeKey(results)]))
	}
}

// encodeCode copies the instructions, with the changes in their places.
func (p *plan) encodeCode(w *writer, in *injected, s scratch) {
	done := 0
	for _, c := range p.changes {
		w.byte(p.code[done:c.at]...)
		switch c.kind {
		case charge:
			if c.cost > 0 {
				in.take(w, c.cost)
			}
		case check:
			if c.cost > 0 {
				in.takeAndCheck(w, c.cost, s.fuel)
			}
		case payBytes:
			w.op(opCall, in.payBytes)
		case payEntries:
			w.op(opCall, in.payEntry)
		case call:
			w.op(opCall, in.moved(c.index))
		case refFunc:
			w.op(opRefFunc, in.moved(c.index))
		case mark:
			if in.track.on {
				in.track.markStore(w, c.index, s.address, s.value[c.stored])
			}
		case markRange:
			if in.track.on {
				w.op(opCall, in.track.markRange)
			}
		case grow:
			w.op(opCall, in.grow)
		case exit:
			if p.calls {
				w.op(opBr, c.index)
			} else {
				w.byte(opReturn)
			}
		}
		done = c.end
	}
	w.byte(p.code[done:]...)
}
