package host

import (
	"context"
	"encoding/json"
	"maps"
	"slices"

	"github.com/acrhost/acrhost/host/acr"
	"github.com/acrhost/acrhost/host/config"
	"github.com/acrhost/acrhost/sdk/go/abi"
)

// believed is what counts of an upstream provider's word: patterns of acr and amr, and the
// acr that its configuration gives to every login there.
type believed struct {
	acr, amr []string
	static   string
}

// believedOf is that of every provider, by name.
func believedOf(cfg *config.Config) map[string]believed {
	all := make(map[string]believed, len(cfg.Upstream))
	for name, u := range cfg.Upstream {
		all[name] = believed{acr: u.AllowACR, amr: u.AllowAMR, static: u.ACR}
	}
	return all
}

// boundWord leaves out what a step about an upstream provider (map-claims) took over from
// the provider's claims and allow_acr or allow_amr does not let count: the lists hold for
// every way in which a provider's word gets into acr and amr. What the step's rules set by
// themselves is the operator's own word.
func (s *steps) boundWord(ctx context.Context, in abi.Input, o *abi.Output) {
	if len(s.believed) == 0 || len(o.AMR) == 0 && len(o.ACR) == 0 {
		return // most calls
	}
	var config struct {
		Provider string          `json:"provider"`
		ACR      json.RawMessage `json:"acr"`
		AMR      json.RawMessage `json:"amr"`
	}
	if json.Unmarshal(in.Config, &config) != nil {
		return
	}
	allow, known := s.believed[config.Provider]
	if !known {
		return
	}
	keeps := func(claim, list, value string, words, patterns []string) bool {
		if slices.Contains(words, value) || slices.ContainsFunc(patterns, func(p string) bool { return acr.Match(p, value) }) {
			return true
		}
		s.log.WarnContext(ctx, claim+" of an upstream provider left out: "+list+" does not have it",
			"run", in.Journey.Run, "step", in.Call.Step, "provider", config.Provider, claim, cutWord(value))
		return false
	}
	own := ownWords(config.AMR)
	o.AMR = slices.DeleteFunc(slices.Clone(o.AMR), func(value string) bool { return !keeps("amr", "allow_amr", value, own, allow.amr) })
	if len(o.ACR) == 0 {
		return
	}
	own = append(ownWords(config.ACR), allow.static)
	// What is no acr is for the journey to refuse.
	if value, err := acr.Canonical(o.ACR); err == nil && !keeps("acr", "allow_acr", value, own, allow.acr) {
		o.ACR = nil
	}
}

// ownWords are the values that rules set by themselves. Beside a rule that takes a claim as
// it is, those of rules that look at claims are not among them: whether such a rule fitted,
// or the provider said the very word, can't be told from the value.
func ownWords(document json.RawMessage) []string {
	var rules []struct {
		Claim string            `json:"claim"`
		Value string            `json:"value"`
		Map   map[string]string `json:"map"`
		AsIs  bool              `json:"as_is"`
	}
	if json.Unmarshal(document, &rules) != nil {
		return nil
	}
	var asIs bool
	for _, r := range rules {
		asIs = asIs || r.AsIs
	}
	var words []string
	for _, r := range rules {
		if r.Value != "" && (r.Claim == "" || !asIs) {
			words = append(words, r.Value)
		}
		if !asIs {
			words = slices.AppendSeq(words, maps.Values(r.Map))
		}
	}
	return words
}

// cutWord keeps a long value out of the log.
func cutWord(value string) string { return value[:min(len(value), 64)] }
