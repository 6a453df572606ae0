package rewrite_test

import (
	"bytes"
	"encoding/binary"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/acrhost/acrhost/host/plugin/rewrite"
)

// TestScanCost holds that to scan takes no more than a module's length lets expect: no time for
// locals that are named once, or that many values on the stack are looked through, and no memory
// that stays for each body.
func TestScanCost(t *testing.T) {
	last := []byte("\x01\xd0\x86\x03\x7e\x20\xcf\x86\x03\x1a\x0b") // the last of 50,000 locals
	tees := "\x01\x02\x7f" + strings.Repeat("\x20\x00", 500_000) + strings.Repeat("\x22\x01", 500_000) + strings.Repeat("\x1a", 500_000) + "\x0b"
	for name, row := range map[string]struct {
		bodies [][]byte
		words  string
	}{
		"the last of many locals": {copies(last, 20_000), "too long to compile"},
		"assigned under many":     {copies([]byte(tees), 1), ""},
	} {
		wasm := handmade(row.bodies)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		start := time.Now()
		m, err := rewrite.Decode(wasm)
		if err == nil {
			_, err = m.Rewrite(wide)
		}
		took := time.Since(start)
		runtime.ReadMemStats(&after)
		if err == nil != (row.words == "") || err != nil && !strings.Contains(err.Error(), row.words) {
			t.Errorf("%s: %v", name, err)
		}
		// It takes a tenth of a second, and took minutes and 20 GB.
		if allocated := after.TotalAlloc - before.TotalAlloc; took > 20*time.Second || allocated > 1<<30 {
			t.Errorf("%s: %s, %d MiB", name, took, allocated>>20)
		}
	}
}

func copies(body []byte, n int) (list [][]byte) {
	for range n {
		list = append(list, body)
	}
	return list
}

// handmade is a module with a page of memory and functions of the type () -> ().
func handmade(bodies [][]byte) []byte {
	section := func(wasm []byte, id byte, content []byte) []byte {
		return append(binary.AppendUvarint(append(wasm, id), uint64(len(content))), content...)
	}
	count := binary.AppendUvarint(nil, uint64(len(bodies)))
	wasm := section([]byte("\x00asm\x01\x00\x00\x00"), 1, []byte("\x01\x60\x00\x00"))
	wasm = section(wasm, 3, append(bytes.Clone(count), make([]byte, len(bodies))...))
	wasm = section(wasm, 5, []byte("\x01\x00\x01"))
	code := bytes.Clone(count)
	for _, body := range bodies {
		code = append(binary.AppendUvarint(code, uint64(len(body))), body...)
	}
	return section(wasm, 10, code)
}
