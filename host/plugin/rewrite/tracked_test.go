package rewrite_test

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/tetratelabs/wazero/api"

	"github.com/acrhost/acrhost/host/plugin/rewrite"
)

// small bounds what a generated program may use: they run away often.
var small = budget{fuel: 100_000, depth: 50}

// FuzzTracked makes a program of the fuzzer's bytes and runs it in all forms. They must
// agree (family.compare), every round must be paid for, and where the module says that
// memory and globals bring it back, they must.
func FuzzTracked(f *testing.F) {
	f.Add([]byte{})
	for seed := range uint64(20) {
		f.Add(choices(seed))
	}
	e := newEngine(f)
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) > 8<<10 {
			t.Skip()
		}
		(&tally{}).run(t, e, generate(b))
	})
}

// TestPrograms does the same with programs made by chance, and holds that they are not
// all alike.
func TestPrograms(t *testing.T) {
	e := newEngine(t)
	n := tally{}
	for seed := range uint64(600 / thin) {
		n.run(t, e, generate(choices(seed)))
	}
	t.Logf("%+v", n)
	if n.finished < 600/thin || n.trapped < 100/thin || n.spent < 50/thin || n.wrote < 150/thin || n.grew < 50/thin || n.repeated < 300/thin {
		t.Error("too few of one kind: the programs are too much alike")
	}
}

// tally counts how calls of programs ended and what they did.
type tally struct{ finished, trapped, spent, wrote, grew, repeated int }

func (n *tally) count(f *family, r reply) {
	switch {
	case r.spent:
		n.spent++
	case r.trap != "":
		n.trapped++
	default:
		n.finished++
	}
	if now := f.tracked.image(); len(now) != len(f.old) {
		n.grew++
	} else if !bytes.Equal(now, f.old) {
		n.wrote++
	}
}

// choices are bytes for a program, of a length of its own.
func choices(seed uint64) []byte {
	r := rand.New(rand.NewPCG(seed, 1)) // #nosec G404 -- the same each time
	b := make([]byte, 200+r.IntN(1500))
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	return b
}

func (n *tally) run(t *testing.T, e *engine, p *program) {
	t.Helper()
	l := rewrite.Limits{MemoryPages: 8, TableEntries: 1 << 20} // as much as a program can have
	f, err := e.familyOf(t.Context(), p.m.bytes(), l, small)
	if err != nil {
		t.Fatalf("%v: %s", err, p.m)
	}
	defer f.close(t.Context())
	for _, at := range []struct {
		name  string
		index int
	}{{"f", 0}, {"g", len(p.funcs) - 1}, {"f", 0}} {
		args := p.args(at.index)
		before := f.state()
		r := f.compare(t, at.name, args)
		n.count(f, r)
		f.checkRounds(t, before)
		if r.trap == "" && f.decoded.Restorable() == nil && len(f.old) == len(f.tracked.image()) {
			n.repeated++
			f.repeat(t, before, at.name, args, r)
		}
		if t.Failed() {
			t.Fatalf("calling %s%x: %s", at.name, args, p.m)
		}
		if r.spent {
			return // the one that is as it is was left behind
		}
	}
}

// state is what the host can put back of the tracked module, and its counters.
type state struct {
	globals []uint64 // as exported
	all     []uint64 // past the exports
	memory  []byte
	used    int64
}

func (f *family) state() state {
	s := state{memory: slices.Clone(f.tracked.image()), used: f.tracked.used(), all: f.globals(f.tracked)}
	for _, i := range f.decoded.MutableGlobals() {
		s.globals = append(s.globals, f.tracked.ExportedGlobal(rewrite.GlobalExport(i)).Get())
	}
	return s
}

func (f *family) checkRounds(t *testing.T, before state) {
	now := f.state()
	if rounds, used := int64(now.globals[0]-before.globals[0]), now.used-before.used; used <= 0 || used < rounds {
		t.Errorf("%d rounds cost %d", rounds, used)
	}
}

// putBack puts the tracked module back as a host does: by the blocks that it reported
// and those that the host wrote to.
func (f *family) putBack(t *testing.T, before state) {
	t.Helper()
	memory := f.tracked.image()
	for from := 0; from < len(memory); from += f.blocks.Bytes {
		if f.reported(from / f.blocks.Bytes) {
			copy(memory[from:], before.memory[from:min(len(memory), from+f.blocks.Bytes+rewrite.Reach)])
		}
	}
	for _, w := range f.tracked.desk.wrote {
		copy(memory[w.at:], before.memory[w.at:w.at+len(w.bytes)])
	}
	if !bytes.Equal(memory, before.memory) {
		t.Error("putting back what was reported does not bring the memory back")
	}
	f.setGlobals(before)
	if all := f.globals(f.tracked); !slices.Equal(all, before.all) {
		t.Errorf("putting back the exported globals gives %x, they were %x", all, before.all)
	}
}

func (f *family) setGlobals(s state) {
	for n, i := range f.decoded.MutableGlobals() {
		f.tracked.ExportedGlobal(rewrite.GlobalExport(i)).(api.MutableGlobal).Set(s.globals[n])
	}
}

// repeat puts the tracked module back and holds that the same call gives the same
// again.
func (f *family) repeat(t *testing.T, before state, name string, args []uint64, want reply) {
	t.Helper()
	after := f.state()
	f.putBack(t, before)
	fuel := f.tracked.ExportedGlobal(rewrite.FuelGlobal).(api.MutableGlobal)
	meter, left := f.tracked.meter, fuel.Get()
	f.tracked.meter.left = small.fuel
	got, used := f.tracked.metered(name, args)
	again := f.state()
	f.tracked.meter = meter // as if it had not been called
	fuel.Set(left)
	if !same(got, want) || used != after.used-before.used {
		t.Errorf("once more from the same state: %s for %d, then %s for %d", want, after.used-before.used, got, used)
	}
	if !bytes.Equal(again.memory, after.memory) || !slices.Equal(again.all, after.all) {
		t.Error("once more from the same state: another memory or other globals")
	}
	f.dirty(t)
}
