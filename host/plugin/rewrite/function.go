package rewrite

import "slices"

// localsPerFrame is how many locals count as one more frame of depth, so that the
// depth bounds the stack in bytes too.
const localsPerFrame = 256

// codePerFrame is how many bytes of code do: each value that a function keeps on the
// operand stack while it calls another takes two of them at least.
const codePerFrame = 4096

// encode writes a body with its changes.
//
// A function that calls something is wrapped, so that it has one exit:
//
//	depth -= frames; fuel -= cost; if either is below zero { slow() }
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
		in.enter(w, p.frames(), p.changes[0].cost) // the first change is the check at the entry
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

// scratch are the locals that are added where stores are tracked: the address, its
// block, and the value, by type.
type scratch struct {
	address, block uint32
	value          map[ValType]uint32
}

// scratch gives the added locals their indices, and lists all groups of locals.
func (p *plan) scratch(in *injected) (scratch, []localGroup) {
	s, groups := scratch{value: map[ValType]uint32{}}, slices.Clone(p.locals)
	if !in.track.on || len(p.stores) == 0 {
		return s, groups
	}
	next := p.localCount
	add := func(typ ValType) uint32 {
		groups = append(groups, localGroup{1, typ})
		next++
		return next - 1
	}
	s.address = add(I32)
	if in.track.single() {
		s.block = add(I64)
	}
	for _, typ := range []ValType{I32, I64, F32, F64, V128} {
		if p.stores[typ] {
			s.value[typ] = add(typ)
		}
	}
	return s, groups
}

func (p *plan) frames() int64 {
	return 1 + int64(p.localCount/localsPerFrame) + int64(len(p.code)/codePerFrame)
}

// enter writes what a function that calls something begins with. One look at the
// signs of both sums is enough: slow finds out which it was.
func (in *injected) enter(w *writer, frames, cost int64) {
	w.op(opGlobalGet, in.depth)
	w.i64(frames)
	w.byte(opI64Sub)
	w.op(opGlobalSet, in.depth)
	in.take(w, cost)
	w.op(opGlobalGet, in.depth)
	w.op(opGlobalGet, in.fuel)
	w.byte(opI64Or)
	in.orSlow(w)
}

func (in *injected) leave(w *writer, frames int64) {
	w.op(opGlobalGet, in.depth)
	w.i64(frames)
	w.byte(opI64Add)
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
	changes := p.changes
	if p.calls {
		changes = changes[1:] // enter has done it
	}
	for _, c := range changes {
		w.byte(p.code[done:c.at]...)
		switch c.kind {
		case charge:
			if c.cost > 0 {
				in.take(w, c.cost)
			}
		case check:
			if c.cost > 0 {
				in.takeAndCheck(w, c.cost)
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
				in.track.markStore(w, c.index, s.address, s.value[c.stored], s.block)
			}
		case markRange:
			if in.track.on {
				w.op(opCall, in.track.markRange)
			}
		case grow:
			w.op(opCall, in.grow)
		case fillPieces:
			w.op(opCall, in.fill)
		case copyPieces:
			w.op(opCall, in.copy)
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
