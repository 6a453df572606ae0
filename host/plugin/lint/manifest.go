package lint

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/acrhost/acrhost/host/plugin"
	"github.com/acrhost/acrhost/sdk/go/abi"
	"github.com/acrhost/acrhost/sdk/schema"
)

var (
	reverseDomain = regexp.MustCompile(`^[a-z][a-z0-9-]*(\.[a-z0-9][a-z0-9-]*)+$`)
	// Semantic Versioning 2.0.0.
	semver   = regexp.MustCompile(`^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?(\+[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?$`)
	stepName = regexp.MustCompile(`^[a-z][a-z0-9_-]*$`)
)

// manifest looks at what the module says of itself, and whether that fits what it
// imports.
func (l *list) manifest(m abi.Manifest, r plugin.Report, capabilities []string) {
	for _, wrong := range conforms(schema.Manifest(), m) {
		l.fault("", "the manifest does not fit its schema: "+wrong, "see sdk/schema/manifest.schema.json")
	}
	if !reverseDomain.MatchString(m.Name) {
		l.warn("", fmt.Sprintf("its name %q is no reverse domain name", m.Name), "such as com.example.risk, of a domain that is yours: names must not collide")
	}
	if !semver.MatchString(m.Version) {
		l.warn("", fmt.Sprintf("its version %q is no semantic version", m.Version), "such as 1.4.2, see semver.org: operators compare them")
	}
	if m.Title == "" {
		l.warn("", "it has no title", "what it does in a few words, for who configures it")
	}
	l.imports(m, r, capabilities)
	for _, name := range slices.Sorted(maps.Keys(m.Steps)) {
		l.step(name, m.Steps[name])
	}
}

// imports compares the capabilities that the steps declare with those that the module
// imports. One that it imports and no step declares is refused when it is loaded.
func (l *list) imports(m abi.Manifest, r plugin.Report, capabilities []string) {
	declared := map[string]string{}
	for name, t := range m.Steps {
		for _, c := range t.Capabilities {
			declared[c] = name
		}
	}
	for _, c := range slices.Sorted(maps.Keys(declared)) {
		switch {
		case !slices.Contains(capabilities, c):
			l.warn(declared[c], fmt.Sprintf("it declares the capability %q, which no host has", c), "this host has: "+strings.Join(capabilities, ", "))
		case !slices.Contains(r.Capabilities, c):
			l.warn(declared[c], fmt.Sprintf("it declares the capability %s, and the module doesn't import it", c), "ask for no more than is used: take it out of the step's capabilities")
		}
	}
}

// step looks at one step type.
func (l *list) step(name string, t abi.StepType) {
	shown := plain(name)
	if !stepName.MatchString(name) {
		l.warn(shown, "its name is hard to write in a journey", "small letters, digits and hyphens")
	}
	if t.Title == "" {
		l.warn(shown, "it has no title", "what it does in a few words")
	}
	seen := map[string]bool{}
	for _, outcome := range t.Outcomes {
		switch {
		case outcome == "" || strings.HasPrefix(outcome, "@"):
			l.fault(shown, fmt.Sprintf("no journey can name its outcome %q", outcome), "a word, such as ok or failed")
		case seen[outcome]:
			l.warn(shown, fmt.Sprintf("it declares the outcome %s twice", plain(outcome)), "once will do")
		}
		seen[outcome] = true
	}
	l.reads(shown, t.Reads)
	l.fetches(shown, t)
	l.writes(shown, t.Writes)
	l.config(shown, t)
}

// reads are the parts of the input that an operator's grant can keep from a step.
func (l *list) reads(name string, reads []string) {
	known := []string{"subject.claims", "upstream", "device", "vars"}
	for _, part := range reads {
		if !slices.Contains(known, part) {
			l.warn(name, fmt.Sprintf("it reads %q, which no grant knows", part), "there are: "+strings.Join(known, ", "))
		}
	}
}

// fetches is where the step sends requests: who grants it wants to know.
func (l *list) fetches(name string, t abi.StepType) {
	switch asks := slices.Contains(t.Capabilities, "http_fetch"); {
	case asks && len(t.Fetches) == 0:
		l.warn(name, "it does not say where it sends requests", `fetches, as "POST https://risk.example.com/v1/score", or "GET config/url" where the configuration says it: an operator can then grant exactly that`)
	case !asks && len(t.Fetches) > 0:
		l.warn(name, "it says where it sends requests, and does not declare the capability http_fetch", "take out fetches, or declare it")
	}
}

// writes looks for claims to write anything at all. A variable is the journey's own
// affair; the others end in tokens.
func (l *list) writes(name string, w abi.Writes) {
	for _, part := range []struct {
		what     string
		patterns []string
		hint     string
	}{
		{"acr", w.ACR, "name the values, or acr_from: the path in the configuration that they come from"},
		{"amr", w.AMR, "name the values"},
		{"claims", w.Claims, "name the claims"},
		{"evidence", w.Evidence, "name the methods"},
	} {
		if slices.Contains(part.patterns, "*") {
			l.warn(name, "it asks to write any "+part.what, part.hint)
		}
	}
}

// untested looks for outcomes that no vector expects. A vector that names no step type is
// of the only one.
func (l *list) untested(m abi.Manifest, shown map[string][]string) {
	for _, name := range slices.Sorted(maps.Keys(m.Steps)) {
		seen := shown[name]
		if len(m.Steps) == 1 {
			seen = slices.Concat(seen, shown[""])
		}
		for _, outcome := range m.Steps[name].Outcomes {
			if !slices.Contains(seen, outcome) {
				l.warn(plain(name), fmt.Sprintf("no vector shows its outcome %s", plain(outcome)), "one in tests/ that expects it; an outcome that never comes is best not declared")
			}
		}
	}
}
