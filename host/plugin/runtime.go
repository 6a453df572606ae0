package plugin

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/tetratelabs/wazero"

	"github.com/acrhost/acrhost/host/plugin/rewrite"
)

// Config is what a Runtime needs to know. The zero value is usable: compiled code
// is kept in memory only, and no capability exists.
type Config struct {
	// CacheDir is where compiled code is kept between starts; empty: nowhere. It is
	// executable code that is trusted: the folder must belong to the host alone, and is
	// made with mode 0700.
	CacheDir string
	// Log gets a line for each module that was loaded; nil: nobody does.
	Log *slog.Logger
	// Capabilities are the names of all that the host can answer. A module that
	// imports another one is refused.
	Capabilities []string
	// Untimed are those of them whose time doesn't count towards Limits.Timeout, because
	// they wait for somebody else. They must bound themselves.
	Untimed []string
	// OnBreaker is told when a module's circuit opens or closes, in this order for each
	// module. It must return at once and call no module; nil: nobody is told.
	OnBreaker func(BreakerEvent)
	// Now is the clock of the circuit breakers; nil: time.Now.
	Now func() time.Time
}

// Runtime holds the modules that are loaded. It is safe for concurrent use.
type Runtime struct {
	folder  *cacheFolder // nil: compiled code is kept nowhere
	log     *slog.Logger
	known   map[string]map[string]hostFunc // what a guest can import, by module and name
	untimed []string
	slots   *slots
	compiled

	invocations sync.Pool // of *invocation, all zero but for last

	loaded struct {
		mu      sync.Mutex
		modules map[*Module]bool
	}

	onBreaker func(BreakerEvent)
	now       func() time.Time
}

// New makes a Runtime.
func New(_ context.Context, c Config) (*Runtime, error) {
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.OnBreaker == nil {
		c.OnBreaker = func(BreakerEvent) {}
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	r := &Runtime{log: c.Log, untimed: slices.Clone(c.Untimed), slots: newSlots(), onBreaker: c.OnBreaker, now: c.Now}
	r.invocations.New = func() any { return new(invocation) }
	r.known = map[string]map[string]hostFunc{
		abiModule:        byName(abiFuncs()),
		capabilityModule: byName(capabilityFuncs(c.Capabilities)),
		wasiModule:       byName(wasiFuncs()),
	}
	if c.CacheDir != "" {
		folder, err := openCache(c.CacheDir, c.Log)
		if err != nil {
			return nil, err
		}
		r.folder = folder
	}
	return r, nil
}

func byName(funcs []hostFunc) map[string]hostFunc {
	m := make(map[string]hostFunc, len(funcs))
	for _, f := range funcs {
		m[f.name] = f
	}
	return m
}

// link gives an engine the functions that a module imports, and the rewriter's own.
func (r *Runtime) link(ctx context.Context, engine wazero.Runtime, list []rewrite.Import) error {
	modules := map[string][]hostFunc{rewrite.RuntimeModule: {refillFunc()}}
	for _, i := range list {
		f, ok := r.known[i.Module][i.Name]
		linked := slices.ContainsFunc(modules[i.Module], func(l hostFunc) bool { return l.name == i.Name })
		if ok && !linked {
			modules[i.Module] = append(modules[i.Module], f)
		}
	}
	for name, funcs := range modules {
		if err := instantiateHost(ctx, engine, name, funcs); err != nil {
			return err
		}
	}
	return nil
}

// remember and forget keep the list of modules that are loaded.
func (r *Runtime) remember(m *Module) {
	r.loaded.mu.Lock()
	defer r.loaded.mu.Unlock()
	if r.loaded.modules == nil {
		r.loaded.modules = map[*Module]bool{}
	}
	r.loaded.modules[m] = true
}

func (r *Runtime) forget(m *Module) {
	r.loaded.mu.Lock()
	defer r.loaded.mu.Unlock()
	delete(r.loaded.modules, m)
}

// Close closes all modules, once the calls under way have ended.
func (r *Runtime) Close(ctx context.Context) error {
	r.loaded.mu.Lock()
	modules := slices.Collect(maps.Keys(r.loaded.modules))
	r.loaded.mu.Unlock()
	var errs []error
	for _, m := range modules {
		errs = append(errs, m.Close(ctx))
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("close the plugin runtime: %w", err)
	}
	return nil
}
