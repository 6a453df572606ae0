package host

import (
	"context"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/acrhost/acrhost/host/acr"
	"github.com/acrhost/acrhost/host/capability"
	"github.com/acrhost/acrhost/host/config"
	"github.com/acrhost/acrhost/host/journey"
	"github.com/acrhost/acrhost/host/journey/expr"
	"github.com/acrhost/acrhost/host/journey/nearest"
	"github.com/acrhost/acrhost/host/plugin"
	"github.com/acrhost/acrhost/sdk/go/abi"
)

// Check loads the plugins of a configuration and checks its journeys against
// them, without opening the store. All that is wrong comes back as config.Faults.
func Check(ctx context.Context, cfg *config.Config, o Options) error {
	runtime, err := newRuntime(ctx, cfg, o, nil)
	if err != nil {
		return err
	}
	_, faults := loadChecked(ctx, runtime, cfg, o)
	if err := runtime.Close(ctx); err != nil {
		return fmt.Errorf("stop the plugin runtime: %w", err)
	}
	if len(faults) > 0 {
		return faults
	}
	return nil
}

// loadChecked loads the plugins of a configuration and checks its journeys against
// them. With faults nothing stays loaded.
func loadChecked(ctx context.Context, runtime *plugin.Runtime, cfg *config.Config, o Options) ([]*loadedPlugin, config.Faults) {
	loaded, faults := loadPlugins(ctx, runtime, cfg, o)
	faults = append(faults, checkJourneys(cfg, loaded)...)
	if len(faults) == 0 {
		return loaded, nil
	}
	if err := closePlugins(ctx, loaded); err != nil {
		faults = append(faults, journey.Fault{Message: err.Error()})
	}
	return nil, faults.Sort()
}

// checkJourneys checks the journeys against the step types that there are.
func checkJourneys(cfg *config.Config, loaded []*loadedPlugin) config.Faults {
	var missing []string
	for name := range cfg.Plugins {
		if !slices.ContainsFunc(loaded, func(p *loadedPlugin) bool { return p.name == name }) {
			missing = append(missing, name)
		}
	}
	levels := make(map[string]journey.Pos, len(cfg.ACR.Levels))
	for value, level := range cfg.ACR.Levels {
		levels[value] = level.Pos
	}
	c := newCatalog(loaded)
	faults := journey.Check(cfg.Journeys, c, journey.CheckContext{Levels: levels, Missing: missing, StrictACR: cfg.ACR.Strict})
	return append(config.Faults(faults), checkUses(cfg, c)...)
}

// checkUses finds steps that would fail in every login: at a provider that nobody
// named, or on the way to a server that was not granted.
func checkUses(cfg *config.Config, c catalog) (faults config.Faults) {
	for _, definition := range cfg.Journeys {
		for _, s := range definition.Steps {
			t, ok := c[s.Use]
			if !ok {
				continue
			}
			provider, named := s.Config["provider"].(string)
			if _, known := cfg.Upstream[provider]; named && !known && slices.Contains(t.Capabilities, capability.UpstreamFinish) {
				faults = append(faults, journey.Fault{
					Pos: s.Line("config.provider"), Message: fmt.Sprintf("there is no [upstream.%s]", provider),
					Hint: nearest.Hint(provider, slices.Sorted(maps.Keys(cfg.Upstream))),
				})
			}
			faults = append(faults, checkFetches(s, t)...)
			if slices.Contains(t.Capabilities, "http_fetch") && len(t.plugin.rules["http_fetch"]) == 0 {
				faults = append(faults, journey.Fault{
					Pos: s.Line("use"), Message: fmt.Sprintf("%s makes HTTP requests, and the plugin %s may make none", s.Use, t.plugin.name),
					Hint: `grant = { all = true, capabilities = { http_fetch = [{ origin = "https://risk.example.com", path = "/v1/score", methods = ["GET"] }] } }`,
				})
			}
		}
	}
	return faults
}

// checkFetches finds addresses that stand in a step's configuration and that its plugin
// may not fetch. What an expression gives is known at login only, and held to the rules then.
func checkFetches(s *journey.Step, t stepType) (faults config.Faults) {
	rules := t.plugin.rules["http_fetch"]
	for _, w := range t.fetches {
		found, err := abi.Lookup(s.Config, w.From)
		if w.From == "" || err != nil || len(rules) == 0 {
			continue
		}
		for _, v := range found {
			address, ok := v.(string)
			if _, computed := expr.IsExpression(v); !ok || computed {
				continue
			}
			u, err := url.Parse(address)
			if err == nil && w.Reaches(rules, u) {
				continue
			}
			faults = append(faults, journey.Fault{
				Pos:     s.Line("config" + strings.ReplaceAll(w.From, "/", ".")),
				Message: fmt.Sprintf("%s fetches %q, and the plugin %s may not", s.Use, address, t.plugin.name),
				Hint:    "http_fetch in its grant names the origin, the path and the methods",
			})
		}
	}
	return faults
}

func levelsOf(cfg *config.Config) acr.Levels {
	levels := acr.Levels{Levels: make(map[string]acr.Level, len(cfg.ACR.Levels)), Strict: cfg.ACR.Strict}
	for value, level := range cfg.ACR.Levels {
		levels.Levels[value] = acr.Level{Requires: level.Requires, MaxAge: level.MaxAge}
	}
	return levels
}

// reach is what the journeys can end with. The levels count where a journey may set them,
// and where one has a login at another provider, what that is worth, as far as it is known.
func reach(cfg *config.Config, c catalog) map[string]journey.Reach {
	known := slices.Collect(maps.Keys(cfg.ACR.Levels))
	for _, definition := range cfg.Journeys {
		for _, s := range definition.Steps {
			provider, _ := s.Config["provider"].(string)
			u, ok := cfg.Upstream[provider]
			if !ok || !slices.Contains(c[s.Use].Capabilities, capability.UpstreamFinish) {
				continue
			}
			for _, value := range append([]string{u.ACR}, u.AllowACR...) {
				if value != "" && !strings.Contains(value, "*") {
					known = append(known, value)
				}
			}
		}
	}
	return journey.Reaches(cfg.Journeys, c, known...)
}
