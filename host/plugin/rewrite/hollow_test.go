package rewrite_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/tetratelabs/wazero/api"

	"github.com/acrhost/acrhost/host/plugin/rewrite"
)

// TestHollow holds that a hollow module is valid, declares what the whole one does, and
// does nothing but trap.
func TestHollow(t *testing.T) {
	whole := wat(t, `(module
	  (import "env" "f" (func $f (param i64) (result i64)))
	  (memory (export "memory") 1 2) (table (export "table") 3 funcref)
	  (global (export "g") (mut i32) (i32.const 7))
	  (elem (i32.const 0) $f $two)
	  (data (i32.const 8) "kept") (data $passive "kept too")
	  (func $two (export "two") (param f32 i32) (result i64 f64)
	    (memory.init $passive (i32.const 0) (i32.const 0) (i32.const 1))
	    (i64.const 1) (f64.const 2))
	  (func (export "one") (result i32) (local v128) (i32.const 1)))`)
	hollow, err := rewrite.Hollow(whole)
	if err != nil {
		t.Fatal(err)
	}
	e := newEngine(t)
	if _, err := e.NewHostModuleBuilder("env").NewFunctionBuilder().
		WithGoFunction(api.GoFunc(func(context.Context, []uint64) {}), []api.ValueType{api.ValueTypeI64}, []api.ValueType{api.ValueTypeI64}).
		Export("f").Instantiate(t.Context()); err != nil {
		t.Fatal(err)
	}
	a, err := e.Instantiate(t.Context(), whole)
	if err != nil {
		t.Fatal(err)
	}
	b, err := e.Instantiate(t.Context(), hollow)
	if err != nil {
		t.Fatal(err)
	}
	for name, f := range a.ExportedFunctionDefinitions() {
		g := b.ExportedFunctionDefinitions()[name]
		if g == nil || !slices.Equal(f.ParamTypes(), g.ParamTypes()) || !slices.Equal(f.ResultTypes(), g.ResultTypes()) || f.Index() != g.Index() {
			t.Errorf("%s is %v, was %v", name, g, f)
		}
	}
	was, _ := a.Memory().Read(0, a.Memory().Size())
	is, _ := b.Memory().Read(0, b.Memory().Size())
	if !slices.Equal(was, is) || b.ExportedGlobal("g").Get() != 7 {
		t.Error("memory or globals differ")
	}
	if _, err := b.ExportedFunction("one").Call(t.Context()); err == nil || !strings.Contains(err.Error(), "unreachable") {
		t.Errorf("a hollow function: %v", err)
	}
	again, err := rewrite.Hollow(hollow)
	if err != nil || !slices.Equal(again, hollow) {
		t.Errorf("hollow again: %v", err)
	}
	for n := range whole {
		if part, err := rewrite.Hollow(whole[:n]); err == nil {
			if _, err := rewrite.Decode(part); err != nil {
				t.Fatalf("the first %d bytes became what is no module: %v", n, err)
			}
		}
	}
}
