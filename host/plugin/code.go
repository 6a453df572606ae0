package plugin

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"

	"github.com/acrhost/acrhost/host/plugin/rewrite"
)

// compiled is the code of the modules in use. The same bytes under the same
// written-in limits are compiled once, also when several loads begin together.
type compiled struct {
	mu   sync.Mutex
	code map[codeKey]*code
}

type codeKey struct {
	digest string
	limits rewrite.Limits
}

// code is compiled code, and how many modules use it. It has an engine of its own,
// in which there is nothing but what the module imports.
type code struct {
	once  sync.Once
	users int // under compiled.mu
	err   error

	engine   wazero.Runtime
	cache    wazero.CompilationCache // nil without a folder
	module   wazero.CompiledModule
	config   wazero.ModuleConfig
	memories recycler
	facts    facts
	tracks   bool
}

// facts are what the rewriter knows of the module that the code was made of.
type facts struct {
	unrestorable string // why instances can't be restored; empty: they can
	blocks       rewrite.Blocks
	globals      []int // the mutable ones
}

// acquire gives the code for key, which compile fills in when it isn't there.
func (c *compiled) acquire(key codeKey, compile func(*code) error) (*code, error) {
	c.mu.Lock()
	if c.code == nil {
		c.code = map[codeKey]*code{}
	}
	held, ok := c.code[key]
	if !ok {
		held = &code{}
		c.code[key] = held
	}
	held.users++
	c.mu.Unlock()
	held.once.Do(func() {
		held.err = errors.New("the compiler failed") // stays when it panics
		held.err = compile(held)
	})
	if held.err != nil {
		c.drop(key, held)
		return nil, held.err
	}
	return held, nil
}

// drop counts a user out, and says whether it was the last one.
func (c *compiled) drop(key codeKey, held *code) (last bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if held.users--; held.users > 0 {
		return false
	}
	if c.code[key] == held {
		delete(c.code, key)
	}
	return true
}

// release gives code back; the last user frees it.
func (c *compiled) release(ctx context.Context, key codeKey, held *code) error {
	if !c.drop(key, held) {
		return nil
	}
	return held.close(ctx)
}

// all gives the code of every module in use, and forgets it.
func (c *compiled) all() []*code {
	c.mu.Lock()
	defer c.mu.Unlock()
	list := make([]*code, 0, len(c.code))
	for _, held := range c.code {
		list = append(list, held)
	}
	c.code = nil
	return list
}

// close frees the code. All instances are closed with it.
func (c *code) close(ctx context.Context) error {
	var errs []error
	if c.engine != nil {
		errs = append(errs, c.engine.Close(ctx))
	}
	if c.cache != nil {
		errs = append(errs, c.cache.Close(ctx))
	}
	c.engine, c.cache = nil, nil
	c.memories.close()
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("free compiled code: %w", err)
	}
	return nil
}

// compile rewrites and compiles a module into c.
func (r *Runtime) compile(ctx context.Context, c *code, m *rewrite.Module, key codeKey) error {
	wasm, err := m.Rewrite(key.limits)
	if err != nil {
		return err
	}
	c.tracks = key.limits.Track
	c.facts = facts{blocks: m.Blocks(), globals: m.MutableGlobals()}
	c.config = wazero.NewModuleConfig().WithName("").WithStartFunctions()
	err = r.compileCached(ctx, c, key, func() error {
		if err := r.newEngine(ctx, c, m); err != nil {
			return err
		}
		return c.build(ctx, wasm)
	})
	if err != nil {
		return errors.Join(err, c.close(ctx))
	}
	c.memories.keep = defaultInstances() // closing what an attempt left behind keeps none
	return nil
}

// newEngine makes the engine of c, with the host's functions that the module imports.
func (r *Runtime) newEngine(ctx context.Context, c *code, m *rewrite.Module) error {
	settings := wazero.NewRuntimeConfig().
		WithCoreFeatures(api.CoreFeaturesV2).
		WithCustomSections(false).
		WithDebugInfoEnabled(false)
	if c.cache != nil {
		settings = settings.WithCompilationCache(c.cache)
	}
	c.engine = wazero.NewRuntimeWithConfig(ctx, settings)
	return r.link(ctx, c.engine, m.Imports)
}

// build compiles. A panic in the compiler, which reads what nobody trusts, is an error.
func (c *code) build(ctx context.Context, wasm []byte) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("the compiler can't handle it: %v", p)
		}
	}()
	if c.module, err = c.engine.CompileModule(ctx, wasm); err != nil {
		return fmt.Errorf("not valid WebAssembly: %w", err)
	}
	return nil
}

// allocation is the memory of one instance while it is made.
type allocation struct {
	from *recycler
	got  *linearMemory
}

// Allocate satisfies experimental.MemoryAllocator.
func (a *allocation) Allocate(_, most uint64) experimental.LinearMemory {
	a.got = a.from.allocate(int(most))
	return a.got
}

// context makes the engine take the memory from here.
func (a *allocation) context() context.Context {
	return experimental.WithMemoryAllocator(context.Background(), a)
}

// free takes the memory back of an instance that came to nothing, which the engine
// forgets.
func (a *allocation) free() {
	if a.got != nil {
		a.got.Free()
	}
}
