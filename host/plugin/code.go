package plugin

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"

	"github.com/tetratelabs/wazero"
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
	made     atomic.Uint64 // instances
}

// acquire gives the code for key, which compile fills in when it isn't there.
func (c *compiled) acquire(key codeKey, compile func(*code) error) (*code, error) {
	c.mu.Lock()
	if c.code == nil {
		c.code = map[codeKey]*code{}
	}
	held, ok := c.code[key]
	if !ok {
		held = &code{tracks: key.limits.Track, config: wazero.NewModuleConfig().WithName("").WithStartFunctions()}
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
