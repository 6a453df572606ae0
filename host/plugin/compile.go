package plugin

import (
	"context"
	"fmt"
	"sync"

	"github.com/tetratelabs/wazero"

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

// code is compiled code and how many modules use it.
type code struct {
	once  sync.Once
	users int // under compiled.mu
	wazero.CompiledModule
	err error
}

// acquire gives the code for key, which make compiles when it isn't there.
func (c *compiled) acquire(key codeKey, compile func() (wazero.CompiledModule, error)) (*code, error) {
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
		held.err = fmt.Errorf("the compiler failed") // stays when it panics
		held.CompiledModule, held.err = compile()
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
	delete(c.code, key)
	return true
}

// release gives code back; the last user frees it.
func (c *compiled) release(ctx context.Context, key codeKey, held *code) error {
	if !c.drop(key, held) {
		return nil
	}
	if err := held.Close(ctx); err != nil {
		return fmt.Errorf("free compiled code: %w", err)
	}
	return nil
}

// compile rewrites and compiles. A panic in the compiler, which reads what nobody
// trusts, is an error.
func (r *Runtime) compile(ctx context.Context, m *rewrite.Module, l rewrite.Limits) (out wazero.CompiledModule, err error) {
	wasm, err := m.Rewrite(l)
	if err != nil {
		return nil, err
	}
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("the compiler can't handle it: %v", p)
		}
	}()
	out, err = r.engine.CompileModule(ctx, wasm)
	if err != nil {
		return nil, fmt.Errorf("not valid WebAssembly: %w", err)
	}
	return out, nil
}
