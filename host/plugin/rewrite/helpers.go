package rewrite

// The price of a range: 2^bytesPerFuel bytes of memory cost 1, as storing them word
// by word would, and a page that is added costs as much as clearing it.
const (
	bytesPerFuel = 3
	pageCost     = 16 - bytesPerFuel // 2^pageCost for a page of 2^16 bytes
)

// helper is an injected function.
type helper struct {
	typ  uint32
	body []byte
}

// helpers are the injected functions, in the order of their indices. Without a
// memory the two that name it can't be called, and are written without it.
func (m *Module) helpers(in *injected) []helper {
	h := []helper{
		{in.chargeType, in.chargeBody()},
		{in.payType, in.payBytesBody()},
		{in.payType, in.payEntryBody()},
		{in.payType, in.growBody()},
		{in.slowType, in.slowBody()},
	}
	if len(m.memories) == 0 {
		h[1].body, h[3].body = in.payEntryBody(), in.payEntryBody()
	}
	return append(h, m.bulkHelpers(in)...)
}

// chargeBody is: func charge(n i64) { fuel -= n; if fuel < 0 { slow() } }.
func (in *injected) chargeBody() []byte {
	w := &writer{b: []byte{0}} // no locals
	w.op(opGlobalGet, in.fuel)
	w.op(opLocalGet, 0)
	w.byte(opI64Sub)
	w.op(opGlobalSet, in.fuel)
	w.op(opGlobalGet, in.fuel)
	in.orSlow(w)
	w.byte(opEnd)
	return w.b
}

// payBytesBody is: func payBytes(n i32) i32 { charge(n / 8); return n }, for memory.init,
// whose segment is never longer than the module. A range longer than the memory is free:
// the instruction traps before it does anything.
func (in *injected) payBytesBody() []byte {
	w := &writer{b: []byte{1, 1, byte(I64)}} // local 1: n as i64
	w.op(opLocalGet, 0)
	w.byte(opExtendU)
	w.op(opLocalTee, 1)
	w.byte(opMemorySize, 0, opExtendU)
	w.i64(16)
	w.byte(opI64Shl, opI64GtU, opIf, emptyResult)
	w.op(opLocalGet, 0)
	w.byte(opReturn, opEnd)
	w.op(opLocalGet, 1)
	w.i64(bytesPerFuel)
	w.byte(opI64ShrU)
	w.op(opCall, in.charge)
	w.op(opLocalGet, 0)
	w.byte(opEnd)
	return w.b
}

// payEntryBody is: func payEntry(n i32) i32 { charge(n); return n }. More entries than any table can
// have are free: the instruction traps, or refuses to grow.
func (in *injected) payEntryBody() []byte {
	w := &writer{b: []byte{0}}
	w.op(opLocalGet, 0)
	w.i32(int32(in.limits.TableEntries))
	w.byte(opI32GtU, opIf, emptyResult)
	w.op(opLocalGet, 0)
	w.byte(opReturn, opEnd)
	w.op(opLocalGet, 0)
	w.byte(opExtendU)
	w.op(opCall, in.charge)
	w.op(opLocalGet, 0)
	w.byte(opEnd)
	return w.b
}

// growBody is memory.grow that remembers a refusal, so that a trap that follows can
// be told as what it is, and pays for the pages that it got.
func (in *injected) growBody() []byte {
	w := &writer{b: []byte{1, 1, byte(I32)}} // local 1: the result
	w.op(opLocalGet, 0)
	w.byte(opMemoryGrow, 0)
	w.op(opLocalTee, 1)
	w.i32(-1)
	w.byte(opI32Eq, opIf, emptyResult)
	w.i32(1)
	w.op(opGlobalSet, in.refused)
	w.byte(opElse)
	w.op(opLocalGet, 0)
	w.byte(opExtendU)
	w.i64(pageCost)
	w.byte(opI64Shl)
	w.op(opCall, in.charge)
	w.byte(opEnd)
	w.op(opLocalGet, 1)
	w.byte(opEnd)
	return w.b
}
