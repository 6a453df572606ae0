package rewrite

// take writes: fuel -= cost.
func (in *injected) take(w *writer, cost int64) {
	w.op(opGlobalGet, in.fuel)
	w.i64(cost)
	w.byte(opI64Sub)
	w.op(opGlobalSet, in.fuel)
}

// takeAndCheck writes: fuel -= cost; if fuel < 0 { slow() }.
func (in *injected) takeAndCheck(w *writer, cost int64) {
	in.take(w, cost)
	w.op(opGlobalGet, in.fuel) // the engine still has it in a register
	in.orSlow(w)
}

// orSlow writes: if what is on the stack is below zero { slow() }.
func (in *injected) orSlow(w *writer) {
	w.i64(0)
	w.byte(opI64LtS, opIf, emptyResult)
	w.op(opCall, in.slow)
	w.byte(opEnd)
}

// slowBody is: func slow() { if depth < 0 { unreachable }; fuel = refill(fuel) }. What
// is seldom called stands in one place, so that what runs often is small.
func (in *injected) slowBody() []byte {
	w := &writer{b: []byte{0}} // no locals
	w.op(opGlobalGet, in.depth)
	w.i64(0)
	w.byte(opI64LtS, opIf, emptyResult, opUnreachable, opEnd)
	w.op(opGlobalGet, in.fuel)
	w.op(opCall, in.refill)
	w.op(opGlobalSet, in.fuel)
	w.byte(opEnd)
	return w.b
}
