package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/acrhost/acrhost/host/capability"
	"github.com/acrhost/acrhost/host/plugin"
)

// loader loads one module in one mode or another.
type loader struct {
	runtime *plugin.Runtime
	spec    plugin.Spec
}

// withLoader reads a module's file. Whatever the module asks for is granted, and it is
// called however often it fails: there is nobody to protect.
func withLoader(c *cobra.Command, path string, do func(loader) error) error {
	wasm, err := readModule(path)
	if err != nil {
		return &exitError{2, err}
	}
	runtime, err := newRuntime(c)
	if err != nil {
		return &exitError{2, err}
	}
	defer runtime.Close(c.Context())
	return do(loader{runtime, plugin.Spec{
		Name: path, Wasm: wasm, Grant: plugin.Grant{All: true}, Breaker: plugin.Breaker{Failures: -1},
	}})
}

// with loads the module for as long as do works on it. One that is refused, or that
// can't have the mode, ends the command with 2.
func (l loader) with(ctx context.Context, mode plugin.Mode, do func(*plugin.Module) error) error {
	l.spec.Mode = mode
	module, err := l.runtime.Load(ctx, l.spec)
	if err != nil {
		return &exitError{2, err}
	}
	defer module.Close(ctx)
	return do(module)
}

// modes are what --mode takes.
func modes() []plugin.Mode {
	return []plugin.Mode{plugin.Auto, plugin.Fresh, plugin.Restore, plugin.Prewarm}
}

func modeOf(flag string) (plugin.Mode, error) {
	var names []string
	for _, m := range modes() {
		if flag == string(m) {
			return m, nil
		}
		names = append(names, string(m))
	}
	return "", &exitError{2, fmt.Errorf("--mode %q: one of %s", flag, strings.Join(names, ", "))}
}

// cacheDir is where compiled modules are kept, the same folder as serve's
// default; none where the user has no cache folder.
func cacheDir() string {
	dir, err := os.UserCacheDir()
	if err != nil {
		return ""
	}
	return filepath.Join(dir, "acrhost")
}

// newRuntime keeps compiled modules where the user's cache is; where that can't be
// written it says so and goes on without.
func newRuntime(c *cobra.Command) (*plugin.Runtime, error) {
	settings := plugin.Config{CacheDir: cacheDir(), Capabilities: capability.Names()}
	runtime, err := plugin.New(c.Context(), settings)
	if err == nil || settings.CacheDir == "" {
		return runtime, err
	}
	fmt.Fprintf(c.ErrOrStderr(), "acrhost: compiled modules are not kept: %v\n", err)
	settings.CacheDir = ""
	return plugin.New(c.Context(), settings)
}
