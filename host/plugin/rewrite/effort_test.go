package rewrite_test

import (
	"encoding/binary"
	"fmt"
	"strings"
	"testing"
)

// TestCompileBomb holds that code is refused that is short, but takes the engine's
// compiler minutes: very many branches in one function, or many in each of very many.
func TestCompileBomb(t *testing.T) {
	ifs := func(n int) string {
		return `(func (param i32) ` + strings.Repeat(`(if (local.get 0) (then))`, n) + `)`
	}
	for name, text := range map[string]string{
		"one function":   ifs(16_000),
		"one table":      `(func (block (br_table ` + strings.Repeat("0 ", 20_001) + `(i32.const 0))))`,
		"many tables":    strings.Repeat(`(func (block (br_table `+strings.Repeat("0 ", 15_000)+`(i32.const 0))))`, 5),
		"many functions": strings.Repeat(ifs(3000), 40),
	} {
		if _, err := rewritten(wat(t, "(module "+text+")"), wide); err == nil || !strings.Contains(err.Error(), "too long to compile") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := rewritten(wat(t, "(module "+strings.Repeat(ifs(500), 100)+")"), wide); err != nil {
		t.Errorf("as much as large programs have: %v", err)
	}
}

// TestJoinedBomb holds the same of very many branches to one label, which take with them what
// their block assigned, or the values that the block gives.
func TestJoinedBomb(t *testing.T) {
	block := func(branches int) string {
		return `(func (param i32) (local i64 i64 i64) (block ` + strings.Repeat(`(br_if 0 (local.get 0))`, branches) +
			`(local.set 1 (i64.const 1)) (local.set 2 (i64.const 1)) (local.set 3 (i64.const 1))))`
	}
	returns := func(n int) string {
		return `(func (param i32) ` + strings.Repeat(`(if (local.get 0) (then return))`, n) + `)`
	}
	values := strings.Repeat("i32 ", 200)
	table := func(labels int) string {
		return `(func $many (result ` + values + `) (unreachable)) (func (param i32) (block (result ` + values + `) (call $many) ` +
			`(br_table ` + strings.Repeat("0 ", labels) + `(local.get 0)))` + strings.Repeat("drop ", 200) + `)`
	}
	for name, text := range map[string]string{
		"to a block":     block(8000),
		"many functions": strings.Repeat(block(3000), 20),
		"with values": `(func $many (result ` + values + `) (unreachable)) (func (param i32) (block (result ` + values + `) (call $many) ` +
			strings.Repeat(`(br_if 0 (local.get 0))`, 2000) + `)` + strings.Repeat("drop ", 200) + `)`,
		"from a table": table(19_000),
		"returns":      strings.Repeat(returns(6000), 4),
	} {
		if _, err := rewritten(wat(t, "(module "+text+")"), wide); err == nil || !strings.Contains(err.Error(), "too long to compile") {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, text := range map[string]string{
		"large programs":     strings.Repeat(block(1000), 50),
		"Ruby's interpreter": block(6500), // 300 million, as in its largest function
	} {
		if _, err := rewritten(wat(t, "(module "+text+")"), wide); err != nil {
			t.Errorf("as much as in %s: %v", name, err)
		}
	}
}

// TestCarriedBomb holds the same of loops in loops that all carry many locals, and that
// it is the loops in each other that count.
func TestCarriedBomb(t *testing.T) {
	sets := strings.Repeat(`(local.set 1 (i64.const 1)) (local.set 1 (i64.const 2))`, 3)
	for n := range 199 {
		sets += fmt.Sprintf(`(local.set %d (i64.const 1))`, n+2)
	}
	locals := `(local ` + strings.Repeat("i64 ", 200) + `)`
	loop := func(body string) string { return `(loop ` + body + ` (br_if 0 (local.get 0)))` }
	nested := func(n int) string {
		body := sets
		for range n {
			body = loop(body)
		}
		return `(func (param i32) ` + locals + body + `)`
	}
	for name, text := range map[string]string{
		"one function":   nested(100),
		"many functions": strings.Repeat(nested(75), 8),
	} {
		if _, err := rewritten(wat(t, "(module "+text+")"), wide); err == nil || !strings.Contains(err.Error(), "too long to compile") {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, text := range map[string]string{
		"a few":          strings.Repeat(nested(10), 100),
		"without a loop": `(func (param i32) ` + locals + strings.Repeat(sets, 100) + `)`,
		"one behind the other, in dead code, too": `(func (param i32) ` + locals +
			strings.Repeat(loop(sets), 70) + `return ` + loop(loop(sets)) + `)`,
	} {
		if _, err := rewritten(wat(t, "(module "+text+")"), wide); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestLongProgramsMayTakeLonger holds that a program of megabytes, which takes its time to
// compile anyhow, may have more branches than a short one.
func TestLongProgramsMayTakeLonger(t *testing.T) {
	branches := strings.Repeat(`(func (param i32) `+strings.Repeat(`(if (local.get 0) (then))`, 2000)+`)`, 70)
	straight := strings.Repeat(`(func (param i32) `+strings.Repeat(`(drop (i64.const 0x7fffffffffffffff))`, 2000)+`)`, 70)
	if _, err := rewritten(wat(t, "(module "+branches+")"), wide); err == nil {
		t.Error("a short one is not refused")
	}
	if _, err := rewritten(wat(t, "(module "+branches+straight+")"), wide); err != nil {
		t.Error(err)
	}
}

// TestLocalsBomb holds that locals count, of which each function can have 50,000 in seven bytes.
func TestLocalsBomb(t *testing.T) {
	const functions = 30_000
	section := func(wasm []byte, id byte, each string) []byte {
		body := append(binary.AppendUvarint(nil, functions), strings.Repeat(each, functions)...)
		return append(binary.AppendUvarint(append(wasm, id), uint64(len(body))), body...)
	}
	wasm := []byte("\x00asm\x01\x00\x00\x00\x01\x04\x01\x60\x00\x00")
	wasm = section(wasm, 3, "\x00")
	wasm = section(wasm, 10, "\x06\x01\xd0\x86\x03\x7e\x0b")
	if _, err := rewritten(wasm, wide); err == nil || !strings.Contains(err.Error(), "too long to compile") {
		t.Error(err)
	}
}

// TestLivingBomb holds the same of very many locals that are read far behind where they are
// assigned, and that those that are read soon are no matter, however many they are.
func TestLivingBomb(t *testing.T) {
	living := func(locals, ifs int, soon bool) string {
		var set, get strings.Builder
		for n := range locals {
			fmt.Fprintf(&set, "(local.set %d (i64.const 1))", n+1)
			fmt.Fprintf(&get, "(drop (local.get %d))", n+1)
		}
		branches := strings.Repeat("(if (local.get 0) (then))", ifs)
		body := set.String() + branches + get.String()
		if soon {
			body = set.String() + get.String() + branches
		}
		return `(module (func (param i32) (local ` + strings.Repeat("i64 ", locals) + `) ` + body + `))`
	}
	if _, err := rewritten(wat(t, living(2000, 500, false)), wide); err == nil || !strings.Contains(err.Error(), "too long to compile") {
		t.Error(err)
	}
	for name, text := range map[string]string{"read soon": living(2000, 500, true), "as in Ruby's interpreter": living(160, 4000, false)} {
		if _, err := rewritten(wat(t, text), wide); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
