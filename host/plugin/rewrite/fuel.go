package rewrite

// take writes: fuel -= cost.
func (in *injected) take(w *writer, cost int64) {
	w.op(opGlobalGet, in.fuel)
	w.i64(cost)
	w.byte(opI64Sub)
	w.op(opGlobalSet, in.fuel)
}

// takeAndCheck writes: fuel -= cost; if fuel < 0 { fuel = refill(fuel) }. The
// scratch local, an i64, saves reading the global back.
func (in *injected) takeAndCheck(w *writer, cost int64, scratch uint32) {
	w.op(opGlobalGet, in.fuel)
	w.i64(cost)
	w.byte(opI64Sub)
	in.settle(w, scratch)
}

// settle writes the rest of it: the new fuel is on the stack.
func (in *injected) settle(w *writer, scratch uint32) {
	w.op(opLocalTee, scratch)
	w.op(opGlobalSet, in.fuel)
	w.op(opLocalGet, scratch)
	w.i64(0)
	w.byte(opI64LtS, opIf, emptyResult)
	w.op(opLocalGet, scratch)
	w.op(opCall, in.refill)
	w.op(opGlobalSet, in.fuel)
	w.byte(opEnd)
}
