package rewrite_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"testing"

	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"

	"github.com/acrhost/acrhost/host/plugin/rewrite"
)

// budget is what a guest may use in one family.
type budget struct {
	fuel  int64
	depth uint32
}

// guest is an instance with a meter of its own.
type guest struct {
	api.Module
	meter  meter
	desk   desk
	budget budget
}

// reply is how a call ended.
type reply struct {
	results []uint64
	trap    string
	spent   bool // out of fuel or out of depth
}

func (r reply) String() string { return fmt.Sprintf("%x %q", r.results, r.trap) }

func (g *guest) call(name string, args []uint64) reply {
	ctx := context.WithValue(context.Background(), meterKey{}, &g.meter)
	ctx = context.WithValue(ctx, deskKey{}, &g.desk)
	results, err := g.ExportedFunction(name).Call(ctx, args...)
	r := reply{results: slices.Clone(results), trap: firstLine(err)}
	if d, ok := g.ExportedGlobal(rewrite.DepthGlobal).(api.MutableGlobal); ok {
		r.spent = errors.Is(err, errNoFuel) || err != nil && int64(d.Get()) < 0
		if err != nil {
			d.Set(uint64(g.budget.depth)) // a trap keeps its frames
		}
	}
	return r
}

// metered calls and tells the fuel that it took.
func (g *guest) metered(name string, args []uint64) (reply, int64) {
	before := g.used()
	return g.call(name, args), g.used() - before
}

// used is the fuel that the guest used since it was made.
func (g *guest) used() int64 {
	return g.budget.fuel - g.meter.left - int64(g.ExportedGlobal(rewrite.FuelGlobal).Get())
}

// image is the guest's memory, not copied; nil without one.
func (g *guest) image() []byte {
	if reflect.ValueOf(g.Memory()).IsNil() {
		return nil
	}
	return memoryOf(g.Module)
}

// family is one module in all its forms. Bounded and again are the same.
type family struct {
	decoded                        *rewrite.Module
	plain, bounded, again, tracked *guest
	blocks                         rewrite.Blocks
	old                            []byte   // the memory of the tracked one before the last call
	bits                           []uint64 // what it reported after the last call
}

// familyOf instantiates a module in all its forms. Without a memory there is nothing
// to track.
func (e *engine) familyOf(ctx context.Context, wasm []byte, l rewrite.Limits, b budget) (*family, error) {
	m, err := rewrite.Decode(wasm)
	if err != nil {
		return nil, err
	}
	f := &family{decoded: m, blocks: m.Blocks()}
	if f.plain, err = e.guest(ctx, wasm, b); err != nil {
		return nil, fmt.Errorf("as it is: %w", err)
	}
	small, err := m.Rewrite(l)
	if err != nil {
		return f, err
	}
	if f.bounded, err = e.guest(ctx, small, b); err != nil {
		return f, fmt.Errorf("rewritten: %w", err)
	}
	if f.again, err = e.guest(ctx, small, b); err != nil {
		return f, fmt.Errorf("rewritten, again: %w", err)
	}
	l.Track = true
	if small, err = m.Rewrite(l); err != nil {
		return f, err
	}
	if f.tracked, err = e.guest(ctx, small, b); err != nil {
		return f, fmt.Errorf("tracked: %w", err)
	}
	return f, nil
}

func (f *family) forms() []*guest { return []*guest{f.plain, f.bounded, f.again, f.tracked} }

func (f *family) close(ctx context.Context) {
	if f == nil {
		return
	}
	for _, g := range f.forms() {
		if g != nil {
			g.Close(ctx)
		}
	}
}

// guest instantiates a module and, in the rewritten forms, runs its start function.
func (e *engine) guest(ctx context.Context, wasm []byte, b budget) (*guest, error) {
	g := &guest{budget: b, meter: meter{left: b.fuel, slice: 1000}}
	var err error
	if g.Module, err = e.instantiate(ctx, wasm); err != nil {
		return nil, err
	}
	if d, ok := g.ExportedGlobal(rewrite.DepthGlobal).(api.MutableGlobal); ok {
		d.Set(uint64(b.depth))
	}
	if g.ExportedFunction(rewrite.StartExport) != nil {
		if r := g.call(rewrite.StartExport, nil); r.trap != "" {
			g.Close(ctx)
			return nil, fmt.Errorf("start: %s", r.trap)
		}
	}
	return g, nil
}

// compare calls all forms and holds that they agree. Where the rewritten ones ran out
// of something, the one that is as it is would go on: it is not called.
func (f *family) compare(t *testing.T, name string, args []uint64) reply {
	t.Helper()
	f.old = slices.Clone(f.tracked.image())
	got, used := f.bounded.metered(name, args)
	for form, g := range map[string]*guest{"again": f.again, "tracked": f.tracked} {
		r, u := g.metered(name, args)
		if !same(r, got) {
			t.Errorf("%s: rewritten %s, %s %s", name, got, form, r)
		}
		if u != used {
			t.Errorf("%s: fuel %d, %s %d", name, used, form, u)
		}
		if string(g.image()) != string(f.bounded.image()) {
			t.Errorf("%s: the memories differ: rewritten, %s", name, form)
		}
	}
	f.checkBlocks(t, name)
	if got.spent {
		return got
	}
	if want := f.plain.call(name, args); !same(want, got) {
		t.Errorf("%s%x: as it is %s, rewritten %s", name, args, want, got)
	}
	if string(f.plain.image()) != string(f.bounded.image()) {
		t.Errorf("%s: the memories differ: as it is, rewritten", name)
	}
	f.compareGlobals(t, name)
	return got
}

func same(a, b reply) bool { return a.trap == b.trap && slices.Equal(a.results, b.results) }

// compareGlobals holds that the globals of all forms agree.
func (f *family) compareGlobals(t *testing.T, where string) {
	t.Helper()
	want := f.globals(f.plain)
	for form, g := range map[string]*guest{"rewritten": f.bounded, "tracked": f.tracked} {
		if got := f.globals(g); !slices.Equal(got, want) {
			t.Errorf("%s: the globals are %x as it is, %s %x", where, want, form, got)
		}
	}
}

// globals are those that the module came with, read past its exports: of a vector the
// lower half, of a reference whether it is null, since it differs in each instance.
func (f *family) globals(g *guest) []uint64 {
	var list []uint64
	for i := range f.plain.Module.(experimental.InternalModule).NumGlobal() {
		global := g.Module.(experimental.InternalModule).Global(i)
		v := global.Get()
		if global.Type() == api.ValueTypeExternref || global.Type() == api.ValueType(rewrite.FuncRef) {
			v = min(v, 1)
		}
		list = append(list, v)
	}
	return list
}
