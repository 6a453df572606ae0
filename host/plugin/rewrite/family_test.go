package rewrite_test

import (
	"bytes"
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
	results, err := g.ExportedFunction(name).Call(ctx, args...)
	r := reply{results: slices.Clone(results), trap: firstLine(err)}
	if d, ok := g.ExportedGlobal(rewrite.DepthGlobal).(api.MutableGlobal); ok {
		r.spent = errors.Is(err, errNoFuel) || err != nil && int32(d.Get()) < 0
		if err != nil {
			d.Set(uint64(g.budget.depth)) // a trap keeps its frames
		}
	}
	return r
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
	b, _ := g.Memory().Read(0, g.Memory().Size())
	return b
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

func (f *family) close(ctx context.Context) {
	if f == nil {
		return
	}
	for _, g := range []*guest{f.plain, f.bounded, f.again, f.tracked} {
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
	got := f.bounded.call(name, args)
	for form, g := range map[string]*guest{"again": f.again, "tracked": f.tracked} {
		if r := g.call(name, args); !same(r, got) {
			t.Errorf("%s: rewritten %s, %s %s", name, got, form, r)
		}
		if g.used() != f.bounded.used() {
			t.Errorf("%s: fuel %d, %s %d", name, f.bounded.used(), form, g.used())
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

// compareGlobals holds that the mutable globals agree, and that the tracked module's
// exports are the ones that they say. References are other ones in each instance.
func (f *family) compareGlobals(t *testing.T, where string) {
	t.Helper()
	plain := f.plain.Module.(experimental.InternalModule)
	bounded := f.bounded.Module.(experimental.InternalModule)
	for _, i := range f.decoded.MutableGlobals() {
		a, b, c := plain.Global(i), bounded.Global(i), f.tracked.ExportedGlobal(rewrite.GlobalExport(i))
		values := []uint64{a.Get(), b.Get(), c.Get()}
		if a.Type() == api.ValueTypeExternref || a.Type() == api.ValueType(rewrite.FuncRef) {
			for n := range values {
				values[n] = min(values[n], 1)
			}
		}
		if values[0] != values[1] || values[0] != values[2] {
			t.Errorf("%s: the global %d is %x as it is, rewritten, and tracked", where, i, values)
		}
	}
}

// checkBlocks holds that every byte that the call changed lies in a block that is
// reported, or so near behind one that a store reaches it.
func (f *family) checkBlocks(t *testing.T, where string) {
	t.Helper()
	f.bits = f.tracked.dirty(t, f.blocks)
	if at := escaped(f.old, f.tracked.image(), f.bits, f.blocks.Bytes); at >= 0 {
		t.Errorf("%s: byte %#x changed, but its block is not reported: %x", where, at, f.bits)
	}
}

// escaped is the first byte that differs and that bits don't tell of; -1 when there is
// none. What the memory grew by was zero before.
func escaped(old, now []byte, bits []uint64, width int) int {
	zero := make([]byte, width)
	reach := 0 // what is told of ends here
	for from := 0; from < len(now); from += width {
		block := from / width % (len(bits) * 64)
		if bits[block/64]>>(block%64)&1 != 0 {
			reach = from + width + rewrite.Reach
			continue
		}
		was, is := zero, now[from:from+width]
		if from < len(old) {
			was = old[from : from+width]
		}
		if bytes.Equal(was, is) {
			continue
		}
		for n := max(0, reach-from); n < width; n++ {
			if was[n] != is[n] {
				return from + n
			}
		}
	}
	return -1
}

// dirty takes the blocks that were written to.
func (g *guest) dirty(t testing.TB, b rewrite.Blocks) []uint64 {
	t.Helper()
	if few, ok := g.ExportedGlobal(rewrite.DirtyGlobal).(api.MutableGlobal); ok {
		bits := []uint64{few.Get()}
		few.Set(0)
		return bits
	}
	bits, err := g.ExportedFunction(rewrite.DirtyExport).Call(context.Background(), uint64(b.Count/64))
	if err != nil {
		t.Fatal(err)
	}
	if len(bits)*64 != b.Count {
		t.Fatalf("%d bits for %d blocks", len(bits)*64, b.Count)
	}
	return bits
}
