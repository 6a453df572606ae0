package rewrite_test

import (
	"testing"

	"github.com/acrhost/acrhost/host/plugin/rewrite"
)

// FuzzRewrite holds that no bytes bring the rewriter down, and that what it lets pass
// is valid: the rewritten module compiles exactly when the given one does.
func FuzzRewrite(f *testing.F) {
	seeds := []string{
		`(module)`,
		`(module (memory 1) (data (i32.const 0) "ab") (data "c") (func (memory.init 1 (i32.const 0) (i32.const 0) (i32.const 1))))`,
		`(module (table 3 funcref) (elem (i32.const 0) $f) (elem func $f) (elem declare func $f) (elem (table 0) (i32.const 1) funcref (ref.func $f) (ref.null func))
			(func $f (result i32) (call_indirect (result i32) (i32.const 0))))`,
		`(module (import "acrhost_v1" "input_len" (func (result i32))) (start 1) (func (drop (call 0))))`,
		`(module (func (param i32) (result i32 i64) (block (result i32 i64) (br_if 0 (i32.const 1) (i64.const 2) (local.get 0)) (return))))`,
		`(module (memory 1) (global (mut v128) (v128.const i64x2 1 2)) (func (result v128) (v128.load8_lane 3 (i32.const 0) (i8x16.shuffle 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 (global.get 0) (global.get 0)))))`,
		`(module (func (param i32) (loop (block (block (br_table 0 1 2 (local.get 0))) (br 1)))))`,
		`(module (memory 5) (func (param i32) (v128.store16_lane offset=5 1 (local.get 0) (v128.const i64x2 1 2)) (return) (f32.store) (memory.fill)))`,
	}
	for _, s := range seeds {
		f.Add(wat(f, s))
	}
	f.Add(generate(choices(1)).m.bytes())
	e := newEngine(f)
	f.Fuzz(func(t *testing.T, wasm []byte) {
		if len(wasm) > 64<<10 {
			t.Skip()
		}
		m, err := rewrite.Decode(wasm)
		if err != nil || len(m.Customs) > 0 {
			return // the engine also reads the custom section "name", which is left out
		}
		wantErr := e.valid(t, wasm)
		for _, track := range []bool{false, true} {
			l := narrow
			l.Track = track
			out, err := m.Rewrite(l)
			if err != nil {
				return
			}
			if gotErr := e.valid(t, out); (wantErr == nil) != (gotErr == nil) {
				t.Fatalf("as it is: %v\nrewritten (tracked: %v): %v", wantErr, track, gotErr)
			}
		}
	})
}

// valid says why a module is not.
func (e *engine) valid(t *testing.T, wasm []byte) error {
	c, err := e.CompileModule(t.Context(), wasm)
	if err == nil {
		c.Close(t.Context())
	}
	return err
}
