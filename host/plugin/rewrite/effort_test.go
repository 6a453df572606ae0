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
		"a few":          strings.Repeat(ifs(6000), 4),
	} {
		if _, err := rewritten(wat(t, "(module "+text+")"), wide); err == nil || !strings.Contains(err.Error(), "too long to compile") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := rewritten(wat(t, "(module "+strings.Repeat(ifs(500), 100)+straight(500_000)+")"), wide); err != nil {
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
		"large programs":     strings.Repeat(block(1000), 30) + straight(500_000),
		"Ruby's interpreter": block(6500) + straight(2_000_000), // 300 million, as in its largest function
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
	sets = locals(200, `(drop (local.get %d))`) + sets
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
		"a few":          strings.Repeat(nested(10), 30),
		"without a loop": `(func (param i32) ` + locals + strings.Repeat(sets, 100) + `)`,
		"one behind the other, in dead code, too": `(func (param i32) ` + locals +
			strings.Repeat(loop(sets), 70) + `return ` + loop(loop(sets)) + `)`,
	} {
		if _, err := rewritten(wat(t, "(module "+text+")"), wide); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestUnoptimizedCode holds that locals don't count that are read where they were assigned and
// nowhere else, as code has thousands that was compiled without optimization, and that those which
// are read soon behind it don't count around a loop.
func TestUnoptimizedCode(t *testing.T) {
	for name, row := range map[string]struct {
		locals int
		format string
	}{
		"at once": {3000, `(if (local.get 0) (then (local.set %d (i64.const 1)) (drop (local.get %[1]d))))`},
		"soon":    {800, `(local.set %d (i64.const 1)) (if (local.get 0) (then (drop (local.get %[1]d))))`},
	} {
		body := locals(row.locals, row.format)
		for range 10 {
			body = `(block ` + body + `)`
		}
		if _, err := rewritten(wat(t, "(module "+function(row.locals, `(loop `+body+`(br_if 0 (local.get 0)))`)+")"), wide); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	around := function(800, `(loop `+locals(800, `(if (local.get 0) (then (drop (local.get %d)))) (local.set %[1]d (i64.const 1))`)+`(br_if 0 (local.get 0)))`)
	if _, err := rewritten(wat(t, "(module "+around+")"), wide); err == nil {
		t.Error("around the loop: not refused")
	}
}

// straight is so many bytes of functions that nothing is hard about.
func straight(bytes int) string {
	const each = 2000 * 11
	return strings.Repeat(`(func `+strings.Repeat(`(drop (i64.const 0x7fffffffffffffff))`, each/11)+`)`, bytes/each)
}

// TestLongProgramsMayTakeLonger holds that a program of megabytes, which takes its time to
// compile anyhow, may have more branches than a short one.
func TestLongProgramsMayTakeLonger(t *testing.T) {
	branches := strings.Repeat(`(func (param i32) `+strings.Repeat(`(if (local.get 0) (then))`, 2000)+`)`, 70)
	if _, err := rewritten(wat(t, "(module "+branches+")"), wide); err == nil {
		t.Error("a short one is not refused")
	}
	if _, err := rewritten(wat(t, "(module "+branches+straight(2_000_000)+")"), wide); err != nil {
		t.Error(err)
	}
}

// TestLocalsBomb holds that locals count, of which each function can have 50,000 in seven bytes,
// and what a type names, which a function takes a byte to have.
func TestLocalsBomb(t *testing.T) {
	const functions = 5000
	section := func(wasm []byte, id byte, content []byte) []byte {
		return append(binary.AppendUvarint(append(wasm, id), uint64(len(content))), content...)
	}
	each := func(b string) []byte {
		return append(binary.AppendUvarint(nil, functions), strings.Repeat(b, functions)...)
	}
	many := "\xe8\x07" + strings.Repeat("\x7e", 1000) // i64
	for name, row := range map[string]struct{ typ, body string }{
		"locals":     {"\x00\x00", "\x06\x01\xd0\x86\x03\x7e\x0b"},
		"parameters": {many + "\x00", "\x02\x00\x0b"},
		"results":    {"\x00" + many, "\x03\x00\x00\x0b"},
	} {
		wasm := section([]byte("\x00asm\x01\x00\x00\x00"), 1, []byte("\x01\x60"+row.typ))
		wasm = section(section(wasm, 3, each("\x00")), 10, each(row.body))
		if _, err := rewritten(wasm, wide); err == nil || !strings.Contains(err.Error(), "too long to compile") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestLivingBomb holds the same of values that live on over very many branches, on the operand
// stack or in locals, also where the text doesn't show it: around a loop, and where another
// branch assigns. Those that are read soon are no matter, however many they are.
func TestLivingBomb(t *testing.T) {
	const ifs = `(if (local.get 0) (then))`
	living := func(values, branches int, soon bool) string {
		set, get, over := locals(values, `(local.set %d (i64.const 1))`), locals(values, `(drop (local.get %d))`), strings.Repeat(ifs, branches)
		body := set + over + get
		if soon {
			body = set + get + over
		}
		return function(values, body)
	}
	const n = 1000
	set, get, over := locals(n, `(local.set %d (i64.const 1))`), locals(n, `(drop (local.get %d))`), strings.Repeat(ifs, 2*n)
	for name, text := range map[string]string{
		"over few branches": living(10_000, 20, false),
		"in locals":         living(2000, 500, false),
		"on the stack":      function(0, locals(5*n, `(i64.load (i32.const %d))`)+over+strings.Repeat("drop ", 5*n)),
		"around a loop":     function(n, set+`(loop `+get+over+`(br_if 0 (local.get 0)))`),
		"by the way around": function(n, `(loop `+over+get+set+`(br_if 0 (local.get 0)))`),
		"past another way":  function(n, set+`(if (local.get 0) (then `+over+`) (else `+set+`))`+get),
		"of many functions": strings.Repeat(living(200, 200, false), 20),
	} {
		if _, err := rewritten(wat(t, "(module (memory 1) "+text+")"), wide); err == nil || !strings.Contains(err.Error(), "too long to compile") {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, text := range map[string]string{
		"read soon":                living(1000, 200, true) + straight(100_000),
		"dropped soon":             function(0, strings.Repeat(`(i64.const 1)`, n)+strings.Repeat("drop ", n)+over),
		"in code that can't run":   function(0, `return `+strings.Repeat(`(i64.const 1)`, n)+over),
		"as in Ruby's interpreter": living(120, 3600, false) + straight(1_000_000),
	} {
		if _, err := rewritten(wat(t, "(module "+text+")"), wide); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// locals repeats what is done with a local for each but the first.
func locals(n int, format string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, format, i+1)
	}
	return b.String()
}

// function takes a number and has so many locals beside it.
func function(n int, body string) string {
	return `(func (param i32) (local ` + strings.Repeat("i64 ", n) + `) ` + body + `)`
}

// TestMovedBomb holds the same of code whose calls, blocks and branches take and give as many
// values as their type names, in two bytes each.
func TestMovedBomb(t *testing.T) {
	const n = 500
	list := func(kind string) string { return `(` + kind + strings.Repeat(" i64", n) + `)` }
	start := `(type $t (func ` + list("param") + list("result") + `)) (table 1 funcref) (func $f (type $t) (unreachable))`
	with := func(each string) string {
		var all strings.Builder
		for i := range n {
			fmt.Fprintf(&all, `local.get %d `, i)
		}
		return `(func (type $t) ` + all.String() + strings.Repeat(each, 1000) + `)`
	}
	for name, text := range map[string]string{
		"calls":          with(`call $f `),
		"indirect calls": with(`i32.const 0 call_indirect (type $t) `),
		"blocks":         with(`block (type $t) end `),
		"loops":          with(`loop (type $t) end `),
		"ifs":            with(`i32.const 0 if (type $t) else end `),
		"branches":       `(func (type $t) (block (type $t) ` + strings.Repeat(`call $f i32.const 0 br_if 0 `, 1000) + `))`,
		"results":        `(func ` + strings.Repeat(`call $many `, 1000) + `unreachable) (func $many ` + list("result") + `(unreachable))`,
		"many functions": strings.Repeat(`(func `+strings.Repeat(`call $many `, 100)+`unreachable)`, 10) + `(func $many ` + list("result") + `(unreachable))`,
	} {
		if _, err := rewritten(wat(t, "(module "+start+text+")"), wide); err == nil || !strings.Contains(err.Error(), "too long to compile") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestNestBomb holds the same of loops in loops, and of branches in them.
func TestNestBomb(t *testing.T) {
	nest := func(loops, branches int) string {
		return `(func (param i32) ` + strings.Repeat("(loop ", loops) + strings.Repeat("(br_if 0 (local.get 0))", branches) + strings.Repeat("(br_if 0 (local.get 0)))", loops) + `)`
	}
	for name, text := range map[string]string{"loops": nest(3000, 0), "branches": nest(500, 6000), "many functions": strings.Repeat(nest(500, 0), 20)} {
		if _, err := rewritten(wat(t, "(module "+text+")"), wide); err == nil || !strings.Contains(err.Error(), "too long to compile") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := rewritten(wat(t, "(module "+strings.Repeat(nest(20, 20), 100)+")"), wide); err != nil {
		t.Error(err)
	}
}
