package plugin

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"

	"github.com/acrhost/acrhost/host/plugin/rewrite"
)

// rewritten is a module as the rewriter wrote it.
type rewritten struct {
	wasm  []byte
	facts facts
}

// facts are what the rewriter knows of the module that code is made of.
type facts struct {
	Blocks  rewrite.Blocks
	Globals []int // the mutable ones
}

func rewriteModule(m *rewrite.Module, l rewrite.Limits) (*rewritten, error) {
	wasm, err := m.Rewrite(l)
	if err != nil {
		return nil, err
	}
	return &rewritten{wasm, facts{Blocks: m.Blocks(), Globals: m.MutableGlobals()}}, nil
}

// compile rewrites and compiles a module into c, or takes what the cache has; found is
// its entry, if the caller has looked already. A cache that can't be used costs time,
// and nothing else.
func (r *Runtime) compile(ctx context.Context, c *code, m *rewrite.Module, key codeKey, found *rewritten) error {
	err := r.compileCached(ctx, c, m, key, found)
	if err != nil {
		return errors.Join(err, c.close(ctx))
	}
	c.memories.keep = defaultInstances() // closing what an attempt left behind keeps none
	return nil
}

func (r *Runtime) compileCached(ctx context.Context, c *code, m *rewrite.Module, key codeKey, found *rewritten) error {
	entry := key.entry()
	if found == nil {
		found = r.folder.load(entry)
	}
	if found != nil {
		err := r.compileHollow(ctx, c, m, entry, found)
		if err == nil {
			r.folder.keep(entry)
			return nil
		}
		r.log.WarnContext(ctx, "compiled code in the cache can't be used and is made again", "digest", key.digest, "error", err)
	}
	made, err := rewriteModule(m, key.limits)
	if err != nil || r.folder == nil {
		return errors.Join(err, r.compileAlone(ctx, c, m, made))
	}
	err = errors.Join(c.close(ctx), r.folder.discard(entry), r.compileInto(ctx, c, m, entry, made))
	if err == nil {
		return nil
	}
	if err := c.close(ctx); err != nil {
		return err
	}
	if again := r.compileAlone(ctx, c, m, made); again != nil {
		return again
	}
	r.log.WarnContext(ctx, "compiled code is not kept", "digest", key.digest, "error", err)
	return nil
}

// compileIn compiles with the engine's cache in a folder.
func (r *Runtime) compileIn(ctx context.Context, c *code, m *rewrite.Module, folder string, w *rewritten) (err error) {
	if c.cache, err = wazero.NewCompilationCacheWithDir(filepath.Join(r.folder.dir, folder)); err != nil {
		return err
	}
	return r.compileAlone(ctx, c, m, w)
}

// compileInto compiles beside the entry and publishes what came of it, so that hosts
// that share the cache never see half an entry.
func (r *Runtime) compileInto(ctx context.Context, c *code, m *rewrite.Module, entry string, w *rewritten) error {
	path, err := os.MkdirTemp(r.folder.dir, entry+".*.tmp")
	if err != nil {
		return err
	}
	folder := filepath.Base(path)
	hollow, err := r.hollow(ctx, m, folder, w)
	if err == nil {
		err = errors.Join(r.folder.write(folder, hollow), r.compileHollow(ctx, c, m, folder, hollow))
	}
	if err != nil {
		return errors.Join(err, r.folder.discard(folder))
	}
	return r.folder.publish(folder, entry)
}

// compileAlone compiles with the cache that c has, or without one.
func (r *Runtime) compileAlone(ctx context.Context, c *code, m *rewrite.Module, w *rewritten) error {
	if w == nil {
		return nil // it couldn't be rewritten
	}
	c.facts = w.facts
	if err := r.newEngine(ctx, c, m); err != nil {
		return err
	}
	return c.build(ctx, w.wasm)
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
