package plugin

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/acrhost/acrhost/host/artifact"
	"github.com/acrhost/acrhost/host/plugin/rewrite"
)

// Spec is a module to load.
type Spec struct {
	Name   string // for messages
	Wasm   []byte
	Digest string // what it must be, "sha256:<hex>"; empty: not checked here
	Limits Limits
	Grant  Grant
	// Packed refuses a module that carries no manifest: what it asks for would be known
	// only once it runs.
	Packed bool
	// Mode is how instances are had; empty: Auto. One that isn't safe for the module is
	// refused.
	Mode Mode
	// SnapshotSafe is the operator's word that an instance may be restored although two
	// of them differ after their start.
	SnapshotSafe bool
	// Instances is how many may live at once; 0: four for each processor, at least 16.
	Instances int
	// Breaker is when the module is left alone.
	Breaker Breaker
	// Trace keeps the names of the module's functions, so that a call that goes wrong can
	// say where. It is for who develops the module.
	Trace bool
}

// Load checks a module, writes its limits into it, compiles it and reads its
// manifest. The error is a *RefusedError where the module or its grant is at fault;
// its reason lists everything that was found. A module that describes nothing is
// loaded: see Module.Manifest.
func (r *Runtime) Load(ctx context.Context, s Spec) (*Module, error) {
	began := time.Now()
	refused := &RefusedError{Plugin: s.Name}
	digest := Digest(s.Wasm)
	switch {
	case len(s.Wasm) > artifact.MaxModule:
		return nil, refused.because("it has more than %d MiB", artifact.MaxModule>>20)
	case s.Digest != "" && s.Digest != digest:
		refused.Hint = "if you meant to change the module, pin the new digest"
		return nil, refused.because("its digest is %s, expected %s", digest, s.Digest)
	}
	wasm := s.Wasm
	s.Wasm = nil
	s.Limits = s.Limits.orDefaults()
	m := &Module{runtime: r, spec: s, digest: digest, pool: newPool(cmp.Or(s.Instances, defaultInstances()))}
	m.breaker = m.newBreaker(s.Breaker)
	cached := m.lookUp()
	defer cached() // it reads files, which the caller may want to delete
	decoded, err := rewrite.Decode(wasm)
	if err != nil {
		return nil, refused.because("%v", err)
	}
	if faults := append(m.inspect(decoded), m.readPacked(wasm, decoded)...); len(faults) > 0 {
		return nil, refused.list(faults)
	}
	m.readStatic(decoded, len(wasm))
	if s.Trace {
		m.names = readNames(decoded)
	}
	r.remember(m)
	if faults := m.settle(ctx, decoded, cached); len(faults) > 0 {
		if err := m.Close(ctx); err != nil {
			return nil, errors.Join(refused.list(faults), err)
		}
		return nil, refused.list(faults)
	}
	r.log.InfoContext(ctx, "plugin loaded", "plugin", s.Name, "digest", digest,
		"mode", string(m.mode), "why", m.safety.Why, "took", time.Since(began))
	return m, nil
}

// lookUp looks for the module's tracking code in the cache, beside what else there is to
// do: to hold it against its seal takes a tenth of a load. What it gives back waits for
// what was found, nil if nothing.
func (m *Module) lookUp() func() *rewritten {
	if !m.mayRestore() {
		return func() *rewritten { return nil }
	}
	found := sync.OnceValue(func() *rewritten { return m.runtime.folder.load(m.codeKey(true).entry()) })
	go found()
	return found
}

// wanted is the mode that the operator chose.
func (m *Module) wanted() Mode { return cmp.Or(m.spec.Mode, Auto) }

// mayRestore says whether the mode may come out as restore.
func (m *Module) mayRestore() bool { return m.wanted() == Auto || m.wanted() == Restore }

// settle compiles the module, reads its manifest and chooses its mode. What it gives
// back are faults; the module is to be closed in either case.
func (m *Module) settle(ctx context.Context, decoded *rewrite.Module, cached func() *rewritten) []string {
	wanted := m.wanted()
	if !slices.Contains([]Mode{Auto, Fresh, Restore, Prewarm}, wanted) {
		return []string{fmt.Sprintf("there is no mode %q; there are auto, fresh, restore and prewarm", wanted)}
	}
	var unrestorable error
	var found *rewritten
	track := m.mayRestore()
	if track {
		// What is in the cache was looked at when it was put there.
		if found = cached(); found == nil {
			unrestorable = decoded.Restorable()
		}
		track = unrestorable == nil
	}
	if err := m.compile(ctx, decoded, track, found); err != nil {
		return []string{strings.ReplaceAll(err.Error(), "\n", "; ")}
	}
	m.mode = Fresh
	if faults := m.describe(ctx, decoded); len(faults) > 0 {
		return faults
	}
	m.safety, m.image = m.probe(ctx)
	if unrestorable != nil {
		m.safety.Why = unrestorable.Error()
	}
	if wanted == Restore && !m.safety.Restore {
		return []string{"it can't run in mode restore: it " + m.safety.Why + `; mode = "auto" chooses one that it can have`}
	}
	m.mode, m.safety.Why = choose(wanted, m.safety)
	if m.mode != Restore && track {
		return m.recompile(ctx, decoded)
	}
	return nil
}

// recompile replaces code that tracks what it writes by such that doesn't: it is
// faster, and no instance is going to be restored.
func (m *Module) recompile(ctx context.Context, decoded *rewrite.Module) []string {
	key, held := m.key, m.code
	if err := m.compile(ctx, decoded, false, nil); err != nil {
		m.key, m.code = key, held
		return []string{strings.ReplaceAll(err.Error(), "\n", "; ")}
	}
	if err := m.runtime.release(ctx, key, held); err != nil {
		return []string{err.Error()}
	}
	return nil
}

// codeKey is what the module's code is known by.
func (m *Module) codeKey(track bool) codeKey {
	return codeKey{m.digest, rewrite.Limits{
		MemoryPages:  uint32(m.spec.Limits.MemoryBytes / pageBytes),
		TableEntries: m.spec.Limits.TableEntries,
		Track:        track,
	}}
}

// compile acquires the module's code.
func (m *Module) compile(ctx context.Context, decoded *rewrite.Module, track bool, found *rewritten) error {
	m.key = m.codeKey(track)
	held, err := m.runtime.acquire(m.key, func(c *code) error { return m.runtime.compile(ctx, c, decoded, m.key, found) })
	m.code = held
	return err
}

// because fills in the reason. Joined errors become one line.
func (e *RefusedError) because(format string, args ...any) *RefusedError {
	e.Reason = strings.ReplaceAll(fmt.Sprintf(format, args...), "\n", "; ")
	return e
}

// list fills in several reasons.
func (e *RefusedError) list(faults []string) *RefusedError {
	e.Reason, e.Reasons = strings.Join(faults, "; "), faults
	return e
}
