package plugin

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/tetratelabs/wazero"

	"github.com/acrhost/acrhost/host/plugin/rewrite"
)

// Spec is a module to load.
type Spec struct {
	Name   string // for messages
	Wasm   []byte
	Digest string // what it must be, "sha256:<hex>"; empty: not checked here
	Limits Limits
	Grant  Grant
	// Mode is how instances are had; empty: Auto.
	Mode Mode
	// SnapshotSafe is the operator's word that an instance may be restored although two
	// of them differ.
	SnapshotSafe bool
	// Instances is how many may live at once; 0: the default.
	Instances int
	Breaker   Breaker
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
	case len(s.Wasm) > maxModuleBytes:
		return nil, refused.because("it has more than %d MiB", maxModuleBytes>>20)
	case s.Digest != "" && s.Digest != digest:
		refused.Hint = "if you meant to change the module, pin the new digest"
		return nil, refused.because("its digest is %s, expected %s", digest, s.Digest)
	}
	decoded, err := rewrite.Decode(s.Wasm)
	if err != nil {
		return nil, refused.because("%v", err)
	}
	size := len(s.Wasm)
	s.Wasm = nil
	s.Limits = s.Limits.orDefaults()
	m := &Module{runtime: r, spec: s, digest: digest}
	m.breaker = m.newBreaker(s.Breaker)
	if faults := m.inspect(decoded); len(faults) > 0 {
		return nil, refused.list(faults)
	}
	m.readStatic(decoded, size)
	if err := m.compile(ctx, decoded); err != nil {
		return nil, refused.because("%v", err)
	}
	if faults := m.describe(ctx, decoded); len(faults) > 0 {
		if err := m.Close(ctx); err != nil {
			return nil, errors.Join(refused.list(faults), err)
		}
		return nil, refused.list(faults)
	}
	r.log.InfoContext(ctx, "plugin loaded", "plugin", s.Name, "digest", digest, "took", time.Since(began))
	return m, nil
}

func (m *Module) compile(ctx context.Context, decoded *rewrite.Module) error {
	limits := rewrite.Limits{
		MemoryPages:  uint32(m.spec.Limits.MemoryBytes / pageBytes),
		TableEntries: m.spec.Limits.TableEntries,
	}
	m.key = codeKey{m.digest, limits}
	held, err := m.runtime.acquire(m.key, func() (wazero.CompiledModule, error) {
		return m.runtime.compile(ctx, decoded, limits)
	})
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
	e.Reason = strings.Join(faults, "; ")
	return e
}
