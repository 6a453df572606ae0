package plugin_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/acrhost/acrhost/host/plugin"
)

// TestHugeModules loads modules that are small to write and large to handle. They may
// be refused; what counts is that the host is still there, soon.
func TestHugeModules(t *testing.T) {
	withoutRaceDetector(t)
	step := func(body string) string {
		return `(module (memory (export "memory") 1) (func (export "acrhost_step_v1") (result i32) ` + body + ` (i32.const 0)))`
	}
	const many = 20_000
	long := strings.Repeat("(br $l) (nop) ", 2)
	for name, text := range map[string]string{
		"nested ifs":         step(strings.Repeat("(if (i32.const 0) (then ", 1000) + strings.Repeat("))", 1000)),
		"ifs in a row":       step(strings.Repeat("(if (i32.const 0) (then)) ", 2000)),
		"a table of labels":  step("(block $l (br_table " + strings.Repeat("$l ", many) + "(i32.const 7))) " + "(block $l " + long + ")"),
		"many locals":        `(module (memory (export "memory") 1) (func (export "acrhost_step_v1") (result i32) (local ` + strings.Repeat("i64 ", 60_000) + `) (i32.const 0)))`,
		"many functions":     `(module (memory (export "memory") 1) ` + strings.Repeat("(func)", many) + ` (func (export "acrhost_step_v1") (result i32) (i32.const 0)))`,
		"many exports":       `(module (memory (export "memory") 1) ` + repeated(many, `(func (export "f%d"))`) + ` (func (export "acrhost_step_v1") (result i32) (i32.const 0)))`,
		"many types":         `(module (memory (export "memory") 1) ` + repeated(5000, `(type (func (param i32 i32) (result i32)))(; %d ;)`) + ` (func (export "acrhost_step_v1") (result i32) (i32.const 0)))`,
		"many globals":       `(module (memory (export "memory") 1) ` + repeated(many, `(global (mut i64) (i64.const %d))`) + ` (func (export "acrhost_step_v1") (result i32) (i32.const 0)))`,
		"many results":       `(module (memory (export "memory") 1) (func $f (result ` + strings.Repeat("i32 ", 1000) + `) ` + repeated(1000, "(i32.const %d)") + `) (func (export "acrhost_step_v1") (result i32) (call $f) ` + strings.Repeat("drop ", 999) + `))`,
		"many data segments": `(module (memory (export "memory") 1) ` + repeated(many, `(data (i32.const %d) "x")`) + ` (func (export "acrhost_step_v1") (result i32) (i32.const 0)))`,
		"a long expression":  step(`(drop ` + strings.Repeat("(i32.add (i32.const 1) ", 5000) + "(i32.const 1)" + strings.Repeat(")", 5000) + ")"),
	} {
		t.Run(name, func(t *testing.T) {
			wasm := wat(t, text)
			r := newRuntime(t, plugin.Config{})
			began := time.Now()
			loaded := tries(t, r, wasm, plugin.Auto)
			took := time.Since(began)
			t.Logf("loaded: %v, in %v, %d bytes", loaded, took, len(wasm))
			if took > time.Minute {
				t.Errorf("%d bytes took %v", len(wasm), took)
			}
		})
	}
}

func repeated(n int, format string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, format, i)
	}
	return b.String()
}

// TestNestedWithoutEnd: blocks in blocks would make the compiler's stack as deep as they
// are.
func TestNestedWithoutEnd(t *testing.T) {
	r := newRuntime(t, plugin.Config{})
	for opens, words := range map[string]string{
		"\x02\x40":         "nested more than", // block
		"\x03\x40":         "lie in loops",
		"\x41\x00\x04\x40": "nested more than", // if
	} {
		const deep = 1_000_000
		body := slices.Concat([]byte{0}, bytes.Repeat([]byte(opens), deep), bytes.Repeat([]byte{0x0b}, deep), []byte("\x41\x00\x0b"))
		_, err := r.Load(t.Context(), plugin.Spec{Name: "bad", Wasm: handmade(body)})
		refused(t, err, words)
		_, err = r.Load(t.Context(), plugin.Spec{Name: "bad", Wasm: handmade(body[:deep])})
		refused(t, err)
	}
}

// handmade is a reactor whose step has a body that no text format can be nested for.
func handmade(body []byte) []byte {
	section := func(id byte, b []byte) []byte {
		return append(binary.AppendUvarint([]byte{id}, uint64(len(b))), b...)
	}
	body = append(binary.AppendUvarint([]byte{1}, uint64(len(body))), body...)
	return slices.Concat([]byte("\x00asm\x01\x00\x00\x00"),
		section(1, []byte("\x01\x60\x00\x01\x7f")), section(3, []byte("\x01\x00")), section(5, []byte("\x01\x00\x01")),
		section(7, []byte("\x02\x06memory\x02\x00\x0facrhost_step_v1\x00\x00")), section(10, body))
}
