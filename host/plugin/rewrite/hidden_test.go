package rewrite_test

import (
	"encoding/binary"
	"strings"
	"testing"
)

// hiddenStore is a function whose constant of 16 bytes, to a reader of the number
// behind 0xfd as the specification has it, is code to the engine, which takes one
// byte for the number, 140: the constant then ends the block, stores the parameter at
// byte 4096, and begins a block again.
func hiddenStore() []byte {
	code := []byte{0x02, 0x40, 0x41, 1, 0x0d, 0} // block, i32.const 1, br_if 0
	code = append(code, 0xfd, 12)
	code = append(code, make([]byte, 16)...) // a v128
	code = append(code, 0x41, 0)             // i32.const 0
	code = append(code, 0xfd, 0x80|12, 0)    // 12 in two bytes: v128.const, or i16x8.shr_s and unreachable
	code = append(code, 0x0b, 0x41, 0x80, 0x20, 0x20, 0, 0x36, 0, 0, 0x02, 0x40, 1, 1, 1, 1, 1)
	return append(code, 0x0b, 0x0b)
}

// TestHidesNoStore holds that no code is taken for a constant: the rewriter would
// neither charge nor note what it does.
func TestHidesNoStore(t *testing.T) {
	b := &binaryModule{}
	f := b.function([]byte{i32}, nil, nil, hiddenStore())
	b.export("f", f)
	b.memory(1, 1)
	mod, err := newEngine(t).instantiate(t.Context(), b.bytes())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := mod.ExportedFunction("f").Call(t.Context(), 0x77); err != nil {
		t.Fatal(err)
	}
	if v, _ := mod.Memory().ReadUint32Le(4096); v != 0x77 {
		t.Fatalf("the attack does nothing: %#x is there", v)
	}
	if _, err := rewritten(b.bytes(), narrow); err == nil || !strings.Contains(err.Error(), "function 0: ") {
		t.Errorf("got %v, want a refusal", err)
	}
}

// TestRefusesLongVectorNumbers holds the same for every number: the engine reads one
// byte of it.
func TestRefusesLongVectorNumbers(t *testing.T) {
	for n := range uint32(512) {
		for pad := 1; pad <= 3; pad++ {
			short := binary.AppendUvarint(nil, uint64(n))
			long := append([]byte{0xfd}, short...)
			long[len(long)-1] |= 0x80
			for range pad - 1 {
				long = append(long, 0x80)
			}
			long = append(long, 0)
			code := append(long, make([]byte, 20)...)
			b := &binaryModule{}
			b.memory(1, 1)
			b.function(nil, nil, nil, append(code, 0x0b))
			if _, err := rewritten(b.bytes(), narrow); err == nil || !strings.Contains(err.Error(), "vector instruction") {
				t.Errorf("vector instruction %d in %d bytes: %v", n, len(short)+pad, err)
			}
		}
	}
}
