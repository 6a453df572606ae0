package host

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/acrhost/acrhost/host/acr"
	"github.com/acrhost/acrhost/host/config"
	"github.com/acrhost/acrhost/sdk/go/abi"
)

// allowedAMR are the patterns of the amr values that count from each upstream provider.
func allowedAMR(cfg *config.Config) map[string][]string {
	all := make(map[string][]string, len(cfg.Upstream))
	for name, u := range cfg.Upstream {
		all[name] = u.AllowAMR
	}
	return all
}

// boundAMR leaves out what a step about an upstream provider (map-claims) took over from
// the provider's claims and allow_amr does not let count: the list holds for every way in
// which a provider's word gets into amr. What stands in the step's configuration is the
// operator's own word.
func (s *steps) boundAMR(ctx context.Context, in abi.Input, o *abi.Output) {
	var of struct {
		Provider string `json:"provider"`
	}
	if len(o.AMR) == 0 || json.Unmarshal(in.Config, &of) != nil {
		return
	}
	allow, known := s.allowAMR[of.Provider]
	if !known {
		return
	}
	var config any
	if json.Unmarshal(in.Config, &config) != nil {
		return
	}
	o.AMR = slices.DeleteFunc(slices.Clone(o.AMR), func(value string) bool {
		if holds(config, value) || slices.ContainsFunc(allow, func(p string) bool { return acr.Match(p, value) }) {
			return false
		}
		s.log.WarnContext(ctx, "amr of an upstream provider left out: allow_amr does not have it",
			"run", in.Journey.Run, "step", in.Call.Step, "provider", of.Provider, "amr", cutAMR(value))
		return true
	})
}

// cutAMR keeps a long value out of the log.
func cutAMR(value string) string { return value[:min(len(value), 64)] }

// holds says whether a text stands anywhere in a document of JSON.
func holds(document any, text string) bool {
	switch v := document.(type) {
	case string:
		return v == text
	case []any:
		return slices.ContainsFunc(v, func(one any) bool { return holds(one, text) })
	case map[string]any:
		for _, one := range v {
			if holds(one, text) {
				return true
			}
		}
	}
	return false
}
