package rewrite

import (
	"errors"
	"fmt"
	"strings"
)

// Version is the version of the rewriter: it must change whenever the same module
// would be written differently, because compiled code is cached under it.
const Version = 13

// Names that a rewritten module uses. They are out of a guest's reach.
const (
	// RuntimeModule is the import module of Refill.
	RuntimeModule = "acrhost_rt"
	// Refill, (i64) -> (i64), gets the fuel, which is below zero, and returns what is
	// there from now on. It panics when there is no more.
	Refill = "refill"
	// FuelGlobal is the exported i64 that holds what is left of the current slice.
	FuelGlobal = "acrhost.fuel"
	// DepthGlobal is the exported i64 that holds how many frames may still be entered.
	// It is zero at first: the host sets it. Below zero the guest has stopped itself.
	DepthGlobal = "acrhost.depth"
	// RefusedGlobal is the exported i32 that is 1 after a memory.grow that failed.
	RefusedGlobal = "acrhost.refused"
	// StartExport is the module's start function, if it has one, as an export.
	StartExport = "acrhost.start"

	reservedPrefix = "acrhost."
)

// Limits and what else are written into the module. Fuel and depth aren't among them: the host
// sets them for each instance.
type Limits struct {
	MemoryPages  uint32 // of 64 KiB
	TableEntries uint32 // over all tables
	// Track notes which blocks of memory are written to (track.go), and exports the
	// mutable globals. It changes neither results nor fuel. A tracked memory ends a page
	// before 4 GiB.
	Track bool
}

// maxTables bounds the number of tables, since each has a maximum of its own.
const maxTables = 8

// injected are the indices of what the rewriter adds.
type injected struct {
	limits                     Limits
	refill                     uint32 // functions
	charge, payBytes, payEntry uint32
	grow, slow                 uint32
	fill, copy                 uint32
	fuel, depth, refused       uint32 // globals
	refillType, chargeType     uint32 // types
	payType, slowType          uint32
	bulkType                   uint32
	resultTypes                map[string]uint32 // () -> results, by the bytes of the results
	track                      tracked
}

// Rewrite writes the module with its limits inside. The error is for a person: it
// says what in the module is not allowed, and where.
func (m *Module) Rewrite(l Limits) ([]byte, error) {
	if l.Track {
		l.MemoryPages = min(l.MemoryPages, maxTrackedPages)
	}
	if err := m.check(l); err != nil {
		return nil, err
	}
	if err := m.scanAll(); err != nil {
		return nil, err
	}
	return m.encode(m.inject(l)), nil
}

// scanAll scans every body, once.
func (m *Module) scanAll() error {
	if m.plans != nil {
		return nil
	}
	total := 0
	for _, body := range m.bodies {
		total += len(body)
	}
	plans, effort, values := make([]*plan, len(m.bodies)), 0, 0
	for i, body := range m.bodies {
		p, err := m.scan(body, m.types[m.funcs[i]])
		if err != nil {
			return fmt.Errorf("function %d: %w", len(m.imported)+i, err)
		}
		plans[i] = p
		m.scanned += len(body)
		effort += p.effort()
		values += p.values
		if effort > maxModuleEffort(total) || values > maxModuleValues+valuesPerByte*total {
			return errors.New("its functions have so many branches, loops and values that it takes too long to compile")
		}
	}
	m.plans, m.lives, m.lasting = plans, lives{}, lasting{}
	return nil
}

// check refuses what no rewriting can bound.
func (m *Module) check(l Limits) error {
	errs := []error{m.foreign()}
	for _, i := range m.Imports {
		if i.Module == RuntimeModule {
			errs = append(errs, fmt.Errorf("import %s.%s is reserved", i.Module, i.Name))
		}
	}
	for _, e := range m.Exports {
		if strings.HasPrefix(e.Name, reservedPrefix) {
			errs = append(errs, fmt.Errorf("export %q is reserved", e.Name))
		}
	}
	if m.start != nil {
		if t := m.funcType(*m.start); len(t.Params)+len(t.Results) > 0 {
			errs = append(errs, fmt.Errorf("the start function has the type %s", t))
		}
	}
	for _, mem := range m.memories {
		if mem.min > l.MemoryPages {
			errs = append(errs, fmt.Errorf("it wants %d KiB of memory at least, the limit is %d KiB", uint64(mem.min)*64, uint64(l.MemoryPages)*64))
		}
	}
	errs = append(errs, m.checkTables(l), m.checkData())
	return errors.Join(errs...)
}

func (m *Module) checkTables(l Limits) error {
	if len(m.tables) > maxTables {
		return fmt.Errorf("it has %d tables, the limit is %d", len(m.tables), maxTables)
	}
	var total uint64
	for _, t := range m.tables {
		total += uint64(t.min)
	}
	if total > uint64(l.TableEntries) {
		return fmt.Errorf("it wants %d table entries at least, the limit is %d", total, l.TableEntries)
	}
	return nil
}

// checkData refuses segments that can't be applied, so that merging needs not keep
// how far the engine would have come.
func (m *Module) checkData() error {
	for i, d := range m.datas {
		if d.passive {
			continue
		}
		if end := d.end(); end > uint64(m.memories[0].min)<<16 {
			return fmt.Errorf("data segment %d ends at byte %d, outside of the memory", i, end)
		}
	}
	return nil
}

// inject gives everything that is added its index. The import is the last one, so
// that only the module's own functions move, by one.
func (m *Module) inject(l Limits) *injected {
	in := &injected{limits: l, resultTypes: map[string]uint32{}}
	in.refill = uint32(len(m.imported))
	in.charge = uint32(m.funcCount()) + 1
	in.payBytes, in.payEntry, in.grow, in.slow = in.charge+1, in.charge+2, in.charge+3, in.charge+4
	in.fill, in.copy = in.slow+1, in.slow+2
	in.fuel = uint32(len(m.globals))
	in.depth, in.refused = in.fuel+1, in.fuel+2
	in.refillType = uint32(len(m.types))
	in.chargeType, in.payType, in.slowType = in.refillType+1, in.refillType+2, in.refillType+3
	in.bulkType = in.slowType + 1
	next := in.bulkType + 1
	for _, t := range m.funcs {
		if results := m.types[t].Results; len(results) > 1 {
			key := typeKey(results)
			if _, ok := in.resultTypes[key]; !ok {
				in.resultTypes[key] = next
				next++
			}
		}
	}
	if l.Track {
		m.track(in, next)
	}
	return in
}

func typeKey(types []ValType) string {
	key := make([]byte, len(types))
	for i, t := range types {
		key[i] = byte(t)
	}
	return string(key)
}

// moved is the index of a function after the rewrite.
func (in *injected) moved(i uint32) uint32 {
	if i >= in.refill {
		return i + 1
	}
	return i
}
