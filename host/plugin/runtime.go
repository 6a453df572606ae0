package plugin

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"

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
	engine  wazero.Runtime
	cache   wazero.CompilationCache // nil without a folder
	log     *slog.Logger
	known   imports
	untimed []string
	slots   slots
	compiled

	onBreaker func(BreakerEvent)
	now       func() time.Time
}

// imports are the functions that a guest can import, by module and name.
type imports map[string]map[string]rewrite.FuncType

// New makes a Runtime.
func New(ctx context.Context, c Config) (*Runtime, error) {
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.OnBreaker == nil {
		c.OnBreaker = func(BreakerEvent) {}
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	engine := wazero.NewRuntimeConfig().
		WithCoreFeatures(api.CoreFeaturesV2).
		WithCustomSections(false).
		WithDebugInfoEnabled(false)
	r := &Runtime{log: c.Log, known: imports{}, untimed: slices.Clone(c.Untimed), slots: newSlots(), onBreaker: c.OnBreaker, now: c.Now}
	if c.CacheDir != "" {
		cache, err := openCache(c.CacheDir)
		if err != nil {
			return nil, err
		}
		r.cache = cache
		engine = engine.WithCompilationCache(cache)
	}
	r.engine = wazero.NewRuntimeWithConfig(ctx, engine)
	if err := r.link(ctx, c.Capabilities); err != nil {
		return nil, errors.Join(err, r.Close(ctx))
	}
	return r, nil
}

// link makes every module that guests import from, and remembers what is in it.
func (r *Runtime) link(ctx context.Context, capabilities []string) error {
	modules := map[string][]hostFunc{
		abiModule:             abiFuncs(),
		capabilityModule:      capabilityFuncs(capabilities),
		wasiModule:            wasiFuncs(),
		rewrite.RuntimeModule: {refillFunc()},
	}
	for name, funcs := range modules {
		if err := instantiateHost(ctx, r.engine, name, funcs); err != nil {
			return err
		}
		if name == rewrite.RuntimeModule {
			continue // not for guests
		}
		r.known[name] = map[string]rewrite.FuncType{}
		for _, f := range funcs {
			r.known[name][f.name] = f.typ
		}
	}
	return nil
}

// Close frees the code of all modules. Calls that still run end in an error.
func (r *Runtime) Close(ctx context.Context) error {
	err := r.engine.Close(ctx)
	if r.cache != nil {
		err = errors.Join(err, r.cache.Close(ctx))
	}
	if err != nil {
		return fmt.Errorf("close the plugin runtime: %w", err)
	}
	return nil
}
