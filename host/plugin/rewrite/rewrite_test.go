package rewrite_test

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tetratelabs/wazero/api"

	"github.com/acrhost/acrhost/host/plugin/rewrite"
)

// wat compiles the text format, without checking that the module is valid.
func wat(t testing.TB, text string) []byte {
	t.Helper()
	tool, err := exec.LookPath("wat2wasm")
	if err != nil {
		t.Fatal("wat2wasm is missing: make tools installs it (Debian: apt-get install wabt)")
	}
	dir := t.TempDir()
	from, to := filepath.Join(dir, "guest.wat"), filepath.Join(dir, "guest.wasm")
	if err := os.WriteFile(from, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command(tool, "--no-check", "--enable-all", from, "-o", to).CombinedOutput(); err != nil {
		t.Fatalf("wat2wasm: %v\n%s", err, out)
	}
	wasm, err := os.ReadFile(to)
	if err != nil {
		t.Fatal(err)
	}
	return wasm
}

var narrow = rewrite.Limits{MemoryPages: 4, TableEntries: 100}

// TestRefuses holds what a module may not be, and that the reason names it. The
// indices just past the end would be the injected ones.
func TestRefuses(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"the fuel global, read", `(module (func (drop (global.get 0))))`, "global 0 does not exist"},
		{"the fuel global, written", `(module (global (mut i64) (i64.const 1)) (func (global.set 1 (i64.const 9))))`, "global 1 does not exist"},
		{"the fuel global, exported", `(module (export "x" (global 0)))`, "global 0 does not exist"},
		{"the refill import", `(module (type (func)) (func (call 1)))`, "function 1 does not exist"},
		{"the charge helper", `(module (type (func)) (func (call 2)))`, "function 2 does not exist"},
		{"a helper in a table", `(module (table 1 funcref) (func) (elem (i32.const 0) func 1))`, "function 1 does not exist"},
		{"a helper by reference", `(module (func (drop (ref.func 1))))`, "function 1 does not exist"},
		{"a helper as start", `(module (func) (start 1))`, "function 1 does not exist"},
		{"a helper, exported", `(module (func) (export "x" (func 1)))`, "function 1 does not exist"},
		{"the scratch local", `(module (func (param i32) (drop (local.get 1))))`, "local 1 does not exist"},
		{"an injected type", `(module (type (func)) (table 1 funcref) (func (call_indirect (type 1) (i32.const 0))))`, "type 1 does not exist"},
		{"a label past the function", `(module (func (br 1)))`, "label 1 does not exist"},
		{"a data segment that is none", `(module (memory 1) (data "x") (func (data.drop 1)))`, "data segment 1 does not exist"},
		{"an element segment that is none", `(module (func (elem.drop 0)))`, "element segment 0 does not exist"},
		{"a table that is none", `(module (func (drop (table.size 0))))`, "table 0 does not exist"},
		{"a memory that is none", `(module (func (drop (memory.size))))`, "memory 0 does not exist"},
		{"a load without a memory", `(module (func (drop (i32.load (i32.const 0)))))`, "there is no memory"},
		{"an undeclared reference", `(module (func $f) (start $f) (func (drop (ref.func $f))))`, "nothing declares"},

		{"shared memory", `(module (memory 1 2 shared))`, "shared"},
		{"64-bit memory", `(module (memory i64 1))`, "64-bit"},
		{"two memories", `(module (memory 1) (memory 1))`, "2 memories"},
		{"atomics", `(module (memory 1) (func (drop (i32.atomic.load (i32.const 0)))))`, "instruction 0xfe"},
		{"a tail call", `(module (func (return_call 0)))`, "instruction 0x12"},
		{"exceptions", `(module (tag) (func (throw 0)))`, "tag section: not"},
		{"relaxed vectors", `(module (func (param v128) (drop (i8x16.relaxed_swizzle (local.get 0) (local.get 0)))))`, "vector instruction 256"},

		{"an imported memory", `(module (import "env" "memory" (memory 1)))`, `"env.memory" is a memory`},
		{"an imported table", `(module (import "env" "t" (table 1 funcref)))`, `"env.t" is a table`},
		{"an imported global", `(module (import "env" "g" (global i32)))`, `"env.g" is a global`},
		{"the runtime's import", `(module (import "acrhost_rt" "refill" (func (param i64) (result i64))))`, "reserved"},
		{"a reserved export", `(module (func (export "acrhost.start")))`, "reserved"},

		{"too much memory", `(module (memory 5))`, "320 KiB of memory at least, the limit is 256 KiB"},
		{"too many table entries", `(module (table 60 funcref) (table 41 externref))`, "101 table entries at least, the limit is 100"},
		{"too many tables", `(module ` + strings.Repeat(`(table 0 funcref)`, 9) + `)`, "9 tables"},
		{"data outside of the memory", `(module (memory 1) (data (i32.const 65535) "ab"))`, "outside of the memory"},
		{"data at minus one", `(module (memory 1) (data (i32.const -1) "a"))`, "outside of the memory"},
		{"too many locals", `(module (func (local ` + strings.Repeat("i64 ", 50_001) + `)))`, "more than 50000 locals"},
		{"too deep blocks", `(module (func ` + strings.Repeat("block ", 10_001) + strings.Repeat("end ", 10_001) + `))`, "nested more than 10000"},
		{"start with a result", `(module (func (result i32) (i32.const 1)) (start 0))`, "the start function has the type () -> (i32)"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := rewritten(wat(t, tt.text), narrow)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
}

// TestFuel holds what instructions cost, counted by hand, however the fuel is sliced.
func TestFuel(t *testing.T) {
	tests := []struct {
		name, body string
		arg        uint64
		want       int64
	}{
		{"nothing", ``, 0, 1},
		{"a straight piece", `(drop (i32.add (i32.const 1) (i32.const 2)))`, 0, 5},
		{"blocks are free", `(block (block (nop)))`, 0, 2},
		{"then", `(if (local.get 0) (then (nop) (nop) (nop)) (else (nop)))`, 1, 1 + 2 + 3},
		{"else", `(if (local.get 0) (then (nop) (nop) (nop)) (else (nop)))`, 0, 1 + 2 + 1},
		{"if without else, not taken", `(if (local.get 0) (then (nop))) (nop)`, 0, 1 + 2 + 1},
		{"if without else, taken", `(if (local.get 0) (then (nop))) (nop)`, 1, 1 + 2 + 1 + 1},
		{"a branch skips", `(block (br_if 0 (local.get 0)) (nop) (nop)) (nop)`, 1, 1 + 2 + 1},
		{"no branch", `(block (br_if 0 (local.get 0)) (nop) (nop)) (nop)`, 0, 1 + 2 + 2 + 1},
		{"code after return is free", `(return) (nop) (nop)`, 0, 2},
		{"code after br in a block is free", `(block (br 0) (nop)) (nop)`, 0, 1 + 1 + 1},
		{"a table of branches", `(block (block (block (br_table 0 1 2 (local.get 0))) (nop)) (nop))`, 1, 1 + 2 + 1},
		{"a loop of ten", `(loop (br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))`, 10, 1 + 10*5},
		{"a call", `(call $empty)`, 0, 1 + 1 + 1},
		{"filling 1 KiB", `(memory.fill (i32.const 0) (i32.const 0) (i32.const 1024))`, 0, 1 + 4 + 128},
		{"copying 80 bytes", `(memory.copy (i32.const 0) (i32.const 0) (i32.const 80))`, 0, 1 + 4 + 10},
		{"a page", `(drop (memory.grow (i32.const 1)))`, 0, 1 + 3 + 8192},
		{"a page that is refused", `(drop (memory.grow (i32.const 100)))`, 0, 1 + 3},
		{"filling ten entries", `(table.fill 0 (i32.const 0) (ref.null func) (i32.const 10))`, 0, 1 + 4 + 10},
		{"ten entries more", `(drop (table.grow 0 (ref.null func) (i32.const 10)))`, 0, 1 + 4 + 10},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			wasm, err := rewritten(wat(t, `(module (memory 1) (table 20 funcref) (func $empty)
				(func (export "f") (param i32) `+tt.body+`))`), narrow)
			if err != nil {
				t.Fatal(err)
			}
			e := newEngine(t)
			for _, slice := range []int64{1, 7, 1 << 40} {
				mod, err := e.bounded(t.Context(), wasm, math.MaxInt64, 10)
				if err != nil {
					t.Fatal(err)
				}
				e.meter.slice = slice
				if _, err := mod.ExportedFunction("f").Call(t.Context(), tt.arg); err != nil {
					t.Fatal(err)
				}
				if got := e.used(mod, math.MaxInt64); got != tt.want {
					t.Errorf("in slices of %d: used %d, want %d", slice, got, tt.want)
				}
			}
			exact, err := e.bounded(t.Context(), wasm, tt.want, 10)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := exact.ExportedFunction("f").Call(t.Context(), tt.arg); err != nil {
				t.Errorf("with exactly %d: %v", tt.want, firstLine(err))
			}
			short, err := e.bounded(t.Context(), wasm, 0, 10)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := short.ExportedFunction("f").Call(t.Context(), tt.arg); !errors.Is(err, errNoFuel) {
				t.Errorf("with none: %v", err)
			}
		})
	}
}

// TestDepth holds that every way out of a function gives its frame back, and that
// the last frame is the last.
func TestDepth(t *testing.T) {
	ways := map[string]string{
		"fall through":          `(call $leaf) (i32.const 7)`,
		"return":                `(call $leaf) (return (i32.const 7))`,
		"return in blocks":      `(call $leaf) (block (loop (return (i32.const 7)))) (i32.const 1)`,
		"branch":                `(call $leaf) (br 0 (i32.const 7))`,
		"branch out of a block": `(call $leaf) (block (br 1 (i32.const 7))) (i32.const 1)`,
		"branch if":             `(call $leaf) (drop (br_if 0 (i32.const 7) (i32.const 1))) (i32.const 1)`,
		"branch table":          `(call $leaf) (block (result i32) (br_table 1 1 (i32.const 7) (i32.const 0)))`,
	}
	for name, body := range ways {
		t.Run(name, func(t *testing.T) {
			wasm, err := rewritten(wat(t, `(module (func $leaf) (func (export "f") (result i32) `+body+`))`), narrow)
			if err != nil {
				t.Fatal(err)
			}
			e := newEngine(t)
			mod, err := e.bounded(t.Context(), wasm, math.MaxInt64, 3)
			if err != nil {
				t.Fatal(err)
			}
			for range 5 {
				got, err := mod.ExportedFunction("f").Call(t.Context())
				if err != nil || got[0] != 7 {
					t.Fatalf("gave %v, %v", got, firstLine(err))
				}
				if left := mod.ExportedGlobal(rewrite.DepthGlobal).Get(); left != 3 {
					t.Fatalf("%d frames are left of 3", int32(left))
				}
			}
		})
	}
	wasm, err := rewritten(wat(t, `(module (func $down (export "f") (param i32)
		(if (local.get 0) (then (call $down (i32.sub (local.get 0) (i32.const 1)))))))`), narrow)
	if err != nil {
		t.Fatal(err)
	}
	for arg, want := range map[uint64]string{9: "", 10: "wasm error: unreachable"} {
		mod, err := newEngine(t).bounded(t.Context(), wasm, math.MaxInt64, 10)
		if err != nil {
			t.Fatal(err)
		}
		if _, err = mod.ExportedFunction("f").Call(t.Context(), arg); firstLine(err) != want {
			t.Errorf("%d calls within 10 frames: %q, want %q", arg+1, firstLine(err), want)
		}
	}
}

// TestDataSegments holds that memory looks the same however its segments lie.
func TestDataSegments(t *testing.T) {
	tests := map[string]string{
		"in order":              `(data (i32.const 0) "ab") (data (i32.const 2) "cd")`,
		"with a gap":            `(data (i32.const 0) "ab") (data (i32.const 100) "cd")`,
		"with a wide gap":       `(data (i32.const 0) "ab") (data (i32.const 60000) "cd")`,
		"overlapping":           `(data (i32.const 0) "abcdef") (data (i32.const 2) "XY") (data (i32.const 3) "z")`,
		"backwards":             `(data (i32.const 10) "ab") (data (i32.const 0) "cd") (data (i32.const 5) "ef")`,
		"over an old one":       `(data (i32.const 10) "abcdef") (data (i32.const 0) "cd") (data (i32.const 12) "XY")`,
		"touching an old one":   `(data (i32.const 4) "wxyz") (data (i32.const 0) "ab") (data (i32.const 2) "cdef")`,
		"empty ones":            `(data (i32.const 0) "") (data (i32.const 65536) "") (data (i32.const 3) "x")`,
		"passive and unused":    `(data "zz") (data (i32.const 3) "x")`,
		"passive and used":      `(data "zz") (data (i32.const 3) "x") (start 0) (func (memory.init 0 (i32.const 3) (i32.const 0) (i32.const 2)))`,
		"up to the end":         `(data (i32.const 65534) "xy")`,
		"with an explicit zero": `(data (memory 0) (i32.const 5) "xy")`,
	}
	for name, text := range tests {
		t.Run(name, func(t *testing.T) {
			wasm := wat(t, `(module (memory (export "memory") 1) `+text+`)`)
			small, err := rewritten(wasm, narrow)
			if err != nil {
				t.Fatal(err)
			}
			e := newEngine(t)
			plain, err := e.instantiate(t.Context(), wasm)
			if err != nil {
				t.Fatal(err)
			}
			bounded, err := e.bounded(t.Context(), small, math.MaxInt64, 10)
			if err != nil {
				t.Fatal(err)
			}
			if image(plain) != image(bounded) {
				t.Error("the memories differ")
			}
		})
	}
}

func image(m api.Module) string {
	b, _ := m.Memory().Read(0, m.Memory().Size())
	return string(b)
}

// TestManySegments holds that what Go's linker emits is written as a few segments.
func TestManySegments(t *testing.T) {
	var text strings.Builder
	for i := range 1000 {
		fmt.Fprintf(&text, "(data (i32.const %d) \"x\")", i*20)
	}
	wasm := wat(t, `(module (memory 1) `+text.String()+`)`)
	small, err := rewritten(wasm, narrow)
	if err != nil {
		t.Fatal(err)
	}
	// 20 KB of zeros and x, and little else: a segment of its own for each x would be
	// written as 1000 times 5 bytes.
	if zeros := bytes.Count(small, bytes.Repeat([]byte{0}, 19)); zeros != 999 {
		t.Errorf("%d of 999 gaps were filled", zeros)
	}
}

// TestTablesShareTheLimit holds that several tables can't grow to more than the limit
// together.
func TestTablesShareTheLimit(t *testing.T) {
	for _, text := range []string{
		`(table $a 0 funcref) (table $b 0 funcref) (table $c 0 externref)`,
		`(table $a 90 funcref) (table $b 0 funcref) (table $c 1 externref)`,
		`(table $a 33 50 funcref) (table $b 34 funcref) (table $c 33 externref)`,
	} {
		var grow, size strings.Builder
		for n := range 3 {
			ref := []string{"func", "func", "extern"}[n]
			fmt.Fprintf(&grow, "(loop (br_if 0 (i32.ne (i32.const -1) (table.grow %d (ref.null %s) (i32.const 1)))))", n, ref)
			fmt.Fprintf(&size, "(table.size %d) ", n)
		}
		wasm, err := rewritten(wat(t, `(module `+text+` (func (export "f") (result i32) `+grow.String()+size.String()+`(i32.add) (i32.add)))`), narrow)
		if err != nil {
			t.Fatal(err)
		}
		g, err := newEngine(t).guest(t.Context(), wasm, small)
		if err != nil {
			t.Fatal(err)
		}
		if r := g.call("f", nil); r.trap != "" || r.results[0] > uint64(narrow.TableEntries) || r.results[0] < 90 {
			t.Errorf("%s grow to %s entries, the limit is %d", text, r, narrow.TableEntries)
		}
	}
}
