package host

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/acrhost/acrhost/host/config"
	"github.com/acrhost/acrhost/host/journey"
	"github.com/acrhost/acrhost/host/plugin"
)

// Standard is the name of the plugin that comes with acrhost. Without a digest in
// the configuration it is pinned to the one that the binary was built with.
const Standard = "standard"

// loadedPlugin is a module with what its operator granted.
type loadedPlugin struct {
	name    string
	module  *plugin.Module
	granted func(capability string) bool
	rules   map[string][]config.CapRule
}

// loadPlugins loads every plugin of the configuration. What is wrong with any of
// them comes back as faults, all at once.
func loadPlugins(ctx context.Context, runtime *plugin.Runtime, cfg *config.Config, o Options) ([]*loadedPlugin, config.Faults) {
	var loaded []*loadedPlugin
	t, faults := newTrust(cfg, o)
	for _, name := range slices.Sorted(maps.Keys(cfg.Plugins)) {
		p, err := t.loadPlugin(ctx, runtime, cfg.Plugins[name])
		if err != nil {
			faults = append(faults, pluginFault(cfg.Plugins[name], err))
			continue
		}
		loaded = append(loaded, p)
	}
	return loaded, faults
}

func pluginFault(p config.Plugin, err error) journey.Fault {
	fault := journey.Fault{Pos: p.Pos, Message: err.Error()}
	if refused, ok := errors.AsType[*plugin.RefusedError](err); ok {
		fault.Message = fmt.Sprintf("plugin %s: %s", p.Name, refused.Reason)
		fault.Hint = refused.Hint
	}
	return fault
}

// loadPlugin loads a module, once it is known to be what it should be, who signed it and
// what it asks for: nothing of it is compiled before.
func (t *trust) loadPlugin(ctx context.Context, runtime *plugin.Runtime, p config.Plugin) (*loadedPlugin, error) {
	c, err := t.obtain(ctx, p)
	if err != nil {
		return nil, err
	}
	module, err := runtime.Load(ctx, plugin.Spec{
		Name:   p.Name,
		Wasm:   c.wasm,
		Digest: c.digest,
		Packed: t.packed(p, c),
		Limits: plugin.Limits(p.Limits),
		Grant:  grantOf(p.Grant),
		Mode:   plugin.Mode(p.Mode), SnapshotSafe: p.SnapshotSafe, Instances: p.Instances,
		Breaker: plugin.Breaker(p.Breaker),
		Trace:   t.trace,
	})
	if err != nil {
		return nil, err
	}
	if len(module.Manifest().Steps) == 0 {
		return nil, errors.Join(&plugin.RefusedError{
			Plugin: p.Name,
			Reason: "it describes no step types",
			Hint:   "export acrhost_describe_v1 or pack a manifest into the module",
		}, module.Close(ctx))
	}
	return &loadedPlugin{name: p.Name, module: module, granted: granted(p.Grant), rules: p.Grant.Capabilities}, nil
}

func pathHint(p config.Plugin) string {
	if p.Name == Standard {
		return "make plugins builds it"
	}
	return "path is relative to the file that names the plugin"
}

func grantOf(g config.Grant) plugin.Grant {
	return plugin.Grant{
		All:          g.All,
		Vars:         g.Vars,
		ACR:          g.ACR,
		AMR:          g.AMR,
		Claims:       g.Claims,
		Evidence:     g.Evidence,
		Subject:      g.Subject,
		Reads:        g.Reads,
		Capabilities: slices.Sorted(maps.Keys(g.Capabilities)),
		Fetches:      g.Capabilities["http_fetch"],
	}
}

func granted(g config.Grant) func(string) bool {
	return func(capability string) bool {
		_, ok := g.Capabilities[capability]
		return ok || g.All
	}
}

func closePlugins(ctx context.Context, loaded []*loadedPlugin) error {
	var errs []error
	for _, p := range loaded {
		if err := p.module.Close(ctx); err != nil {
			errs = append(errs, fmt.Errorf("close plugin %s: %w", p.name, err))
		}
	}
	return errors.Join(errs...)
}
