package rewrite_test

import (
	"bytes"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/tetratelabs/wazero/api"

	"github.com/acrhost/acrhost/host/plugin/rewrite"
)

// TestPieces holds memory.fill and memory.copy, in pieces, against the instructions
// themselves: the same memory, the same traps, and one fuel for 8 bytes, for ranges that
// are a little shorter or longer than pieces, that overlap in either direction, and that
// end at the memory's end or beyond.
func TestPieces(t *testing.T) {
	const size = 6 << 16
	module := wat(t, `(module (memory (export "memory") 6)
	  (func (export "fill") (param i32 i32 i32) (memory.fill (local.get 0) (local.get 1) (local.get 2)))
	  (func (export "copy") (param i32 i32 i32) (memory.copy (local.get 0) (local.get 1) (local.get 2))))`)
	e := newEngine(t)
	plain, err := e.instantiate(t.Context(), module)
	if err != nil {
		t.Fatal(err)
	}
	var noise [size]byte
	_, _ = rand.NewChaCha8([32]byte{}).Read(noise[:])
	numbers := []uint64{0, 1, 7, 65_535, 65_536, 65_537, 131_072, 150_001, size - 65_537, size - 1, size, size + 1, math.MaxUint32 - 65_536, math.MaxUint32}
	for _, track := range []bool{false, true} {
		wasm, err := rewritten(module, rewrite.Limits{MemoryPages: 6, Track: track})
		if err != nil {
			t.Fatal(err)
		}
		pieces, err := e.bounded(t.Context(), wasm, math.MaxInt64/2, 100)
		if err != nil {
			t.Fatal(err)
		}
		call := func(name string, args ...uint64) (paid int64) {
			*e.meter = meter{left: math.MaxInt64 / 2, slice: 1000}
			pieces.ExportedGlobal(rewrite.FuelGlobal).(api.MutableGlobal).Set(0)
			for _, m := range []api.Module{plain, pieces} {
				m.Memory().Write(0, noise[:])
			}
			_, want := plain.ExportedFunction(name).Call(t.Context(), args...)
			_, got := pieces.ExportedFunction(name).Call(t.Context(), args...)
			if firstLine(want) != firstLine(got) {
				t.Errorf("%s%v gave %v, want %v", name, args, got, want)
			}
			a, _ := plain.Memory().Read(0, size)
			b, _ := pieces.Memory().Read(0, size)
			if !bytes.Equal(a, b) {
				t.Errorf("%s%v left another memory", name, args)
			}
			if want != nil {
				return -1
			}
			return e.used(pieces, math.MaxInt64/2)
		}
		free := call("fill", 0, 0, 0)
		for _, to := range numbers {
			for _, n := range numbers {
				for _, from := range append(numbers, to+1, to-1, to+70_000) {
					paid := call("copy", to, uint64(uint32(from)), n)
					if paid >= 0 && paid != free+int64(n/8) {
						t.Errorf("to copy %d bytes cost %d, want %d", n, paid-free, n/8)
					}
				}
				if paid := call("fill", to, 0xa5, n); paid >= 0 && paid != free+int64(n/8) {
					t.Errorf("to fill %d bytes cost %d, want %d", n, paid-free, n/8)
				}
			}
		}
	}
}
