package rewrite

import "bytes"

// Hollow is a module without what its functions do: each of them is one unreachable. All
// else is as it was, so that code which was compiled from the module fits the hollow one
// too. An engine that finds such code needs nothing more of the module, and doesn't have
// to read, check and keep what the code was made from.
func Hollow(wasm []byte) ([]byte, error) {
	if _, err := Decode(wasm); err != nil {
		return nil, err
	}
	w := &writer{b: append(make([]byte, 0, len(wasm)), preamble...)}
	for r := (&reader{b: bytes.TrimPrefix(wasm, []byte(preamble))}); r.more(); {
		id, body := section(r.byte()), r.bytes(r.u32())
		if id != codeSection {
			w.byte(byte(id))
			w.bytes(body)
			continue
		}
		functions := int((&reader{b: body}).u32())
		w.section(codeSection, functions, func(w *writer) {
			for range functions {
				w.bytes([]byte{0, opUnreachable, opEnd}) // no locals
			}
		})
	}
	return bytes.Clone(w.b), nil
}
