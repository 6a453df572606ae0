package plugin

import "fmt"

// abiFuncs are the functions of the import module acrhost_v1.
func abiFuncs() []hostFunc {
	return []hostFunc{
		{"input_len", signature(":i"), func(in *invocation, s []uint64) { s[0] = uint64(len(in.document())) }},
		{"input_read", signature("iii:i"), func(in *invocation, s []uint64) { s[0] = in.read(in.document(), s) }},
		{"output_write", signature("ii:"), func(in *invocation, s []uint64) { in.write(in.bytes(s[0], s[1])) }},
		{"result_len", signature(":i"), func(in *invocation, s []uint64) { s[0] = uint64(len(in.result)) }},
		{"result_read", signature("iii:i"), func(in *invocation, s []uint64) { s[0] = in.read(in.result, s) }},
		{"log", signature("iii:"), func(in *invocation, s []uint64) { in.log.add(int32(s[0]), in.bytes(s[1], s[2])) }},
	}
}

// document is the input document; before the instance is initialised there is none.
func (in *invocation) document() []byte {
	if !in.ready {
		return nil
	}
	return in.input
}

// read copies from a document into the guest: (ptr, cap, off) -> count. The whole
// buffer must lie in the memory, also where the document ends before it does.
func (in *invocation) read(document []byte, s []uint64) uint64 {
	to := in.bytes(s[0], s[1])
	off := uint64(uint32(s[2]))
	if off >= uint64(len(document)) {
		return 0
	}
	n := copy(to, document[off:])
	in.moved(s[0], n)
	return uint64(n)
}

// write appends to the output document.
func (in *invocation) write(b []byte) {
	if !in.ready {
		in.fail(Trap, "output was written before the step was called")
	}
	if len(b) > in.limits.OutputBytes-len(in.output) {
		in.fail(OutputLimit, fmt.Sprintf("the output is longer than %d bytes", in.limits.OutputBytes))
	}
	in.output = append(in.output, b...)
}
