package config

import (
	"slices"
	"strings"

	"github.com/acrhost/acrhost/host/fetchrule"
	"github.com/acrhost/acrhost/host/journey/nearest"
)

// readable are the parts of the input that a grant can hold back.
func readable() []string { return []string{"subject.claims", "upstream", "device", "vars"} }

// grant reads what a plugin may do. Without a table the standard plugin may do
// what it asks for, and any other one nothing.
func (r *reader) grant(t *table, p *Plugin) {
	t = t.sub("grant")
	if t == nil {
		p.Grant.All = p.Name == standard
		return
	}
	defer t.close()
	g := &p.Grant
	r.grantAll(t, p)
	t.texts("vars", &g.Vars)
	t.texts("acr", &g.ACR)
	t.texts("amr", &g.AMR)
	t.texts("claims", &g.Claims)
	t.texts("evidence", &g.Evidence)
	t.texts("reads", &g.Reads)
	t.flag("subject", &g.Subject)
	for _, name := range g.Reads {
		if !slices.Contains(readable(), name) {
			r.fault(t.pos("reads"), nearest.Hint(name, readable()), "reads in %s holds %s, expected some of: %s", t.name, quoted(name), strings.Join(readable(), ", "))
		}
	}
	g.Capabilities = r.capabilities(t)
}

// grantAll lets the standard plugin keep what it may do without a grant, beside rules for
// its capabilities.
func (r *reader) grantAll(t *table, p *Plugin) {
	t.flag("all", &p.Grant.All)
	if !p.Grant.All {
		return
	}
	if p.Name != standard {
		r.fault(t.pos("all"), "grant what the plugin needs, by name", "all in %s is for the standard plugin only", t.name)
	}
	for _, key := range []string{"vars", "acr", "amr", "claims", "evidence", "reads", "subject"} {
		if t.has(key) {
			r.fault(t.pos(key), "keep one of the two", "%s in %s means nothing beside all", key, t.name)
		}
	}
}

// capabilities reads either a list of names, or a table of names with true or
// with rules.
func (r *reader) capabilities(t *table) map[string][]CapRule {
	n := t.take("capabilities")
	if n == nil {
		return nil
	}
	all := map[string][]CapRule{}
	switch v := n.value.(type) {
	case []*node:
		names, _ := t.stringsOf("capabilities", n)
		for _, name := range names {
			all[name] = nil
		}
	case map[string]*node:
		sub := t.sub("capabilities")
		for _, name := range sortedKeys(v) {
			r.capability(sub, name, all)
		}
	default:
		t.wrong("capabilities", n, "a list of names, or a table")
	}
	for _, name := range sortedKeys(all) {
		if name == "http_fetch" && len(all[name]) == 0 {
			r.fault(n.pos, `http_fetch = [{ origin = "https://risk.example.com", path = "/v1/score", methods = ["POST"] }]`, "http_fetch in %s needs to be told where", t.name)
		}
	}
	return all
}

func (r *reader) capability(t *table, name string, all map[string][]CapRule) {
	if granted, ok := t.members()[name].value.(bool); ok {
		t.take(name)
		if granted {
			all[name] = nil
		}
		return
	}
	if _, ok := t.members()[name].value.([]*node); !ok {
		t.wrong(name, t.take(name), "true, false or a list of rules")
		return
	}
	rules := []CapRule{}
	for _, sub := range t.list(name) {
		rules = append(rules, r.capRule(sub))
	}
	all[name] = rules
}

func (r *reader) capRule(t *table) CapRule {
	defer t.close()
	var rule CapRule
	t.require("", "origin", "methods")
	t.checked("origin", &rule.Origin, checkOrigin)
	t.checked("path", &rule.Path, checkFetchPath)
	t.texts("methods", &rule.Methods)
	if rule.Methods != nil && len(rule.Methods) == 0 {
		r.fault(t.pos("methods"), `methods = ["GET", "POST"]`, "methods in %s is empty", t.name)
	}
	for _, m := range rule.Methods {
		if m == "" || strings.Trim(m, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" {
			r.fault(t.pos("methods"), `methods = ["GET", "POST"]`, "methods holds %s, expected upper-case names", quoted(m))
		}
	}
	return rule
}

// checkFetchPath wants the path of a rule as package fetchrule reads it.
func checkFetchPath(s string) *flaw {
	if err := fetchrule.CheckPath(s); err != nil {
		return &flaw{"is " + quoted(s) + ": " + err.Error(), `path = "/v1/score", "/v1/score?*" with any query, or "/v1/*" for all below`}
	}
	return nil
}
