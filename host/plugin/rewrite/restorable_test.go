package rewrite_test

import (
	"strings"
	"testing"

	"github.com/acrhost/acrhost/host/plugin/rewrite"
)

// TestRestorable holds that a module is restorable unless it can change what neither
// its memory nor its exported globals bring back.
func TestRestorable(t *testing.T) {
	const page = `(memory 1) `
	const tables = page + `(table $a 2 funcref) (table $b 2 funcref) (elem $e func $f) (data $d "x") `
	code := func(text string) string { return tables + `(func $f ` + text + `)` }
	three := `(i32.const 0) (i32.const 0) (i32.const 0)`
	tests := []struct{ name, text, want string }{
		{"nothing but memory", page, ""},
		{"no memory", ``, "has no memory at its start"},
		{"no page of memory", `(memory 0 5)`, "has no memory at its start"},
		{"numbers that change", page + `(global (mut i32) (i32.const 0)) (global (mut i64) (i64.const 0)) (global (mut f32) (f32.const 0)) (global (mut f64) (f64.const 0))`, ""},
		{"a vector", page + `(global v128 (v128.const i64x2 0 0))`, ""},
		{"a vector that changes", page + `(global i32 (i32.const 0)) (global (mut v128) (v128.const i64x2 0 0))`, "mutable global 1 of the type v128"},
		{"a function that changes", page + `(global (mut funcref) (ref.null func))`, "mutable global 0 of the type funcref"},
		{"a reference that changes", page + `(global (mut externref) (ref.null extern))`, "mutable global 0 of the type externref"},

		{"table.get", code(`(drop (table.get $a (i32.const 0)))`), ""},
		{"table.size", code(`(drop (table.size $a))`), ""},
		{"call_indirect", code(`(call_indirect (i32.const 0))`), ""},
		{"memory.grow", code(`(drop (memory.grow (i32.const 1)))`), ""},
		{"memory.init", code(`(memory.init $d ` + three + `)`), ""},
		{"memory.copy", code(`(memory.copy ` + three + `)`), ""},
		{"memory.fill", code(`(memory.fill ` + three + `)`), ""},
		{"table.set", code(`(table.set $a (i32.const 0) (ref.null func))`), "table.set"},
		{"table.grow", code(`(drop (table.grow $b (ref.null func) (i32.const 1)))`), "table.grow"},
		{"table.fill", code(`(table.fill $b (i32.const 0) (ref.null func) (i32.const 1))`), "table.fill"},
		{"table.copy", code(`(table.copy $a $b ` + three + `)`), "table.copy"},
		{"table.init", code(`(table.init $a $e ` + three + `)`), "table.init"},
		{"elem.drop", code(`(elem.drop $e)`), "elem.drop"},
		{"data.drop", code(`(data.drop $d)`), "data.drop"},
		{"in the second function", code(``) + `(func (data.drop $d))`, "data.drop"},
		{"where it can't run", code(`(return) (elem.drop $e)`), "elem.drop"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m, err := rewrite.Decode(wat(t, `(module `+tt.text+`)`))
			if err != nil {
				t.Fatal(err)
			}
			err = m.Restorable()
			if (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
}
