package steptest

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/acrhost/acrhost/sdk/go/abi"
)

// holdWrites holds what the step says of the user, and its variables, to what its type
// declares.
func (c *Call) holdWrites(t abi.StepType, config map[string]any, out abi.Output) {
	c.t.Helper()
	declared := func(what string, patterns []string, names ...string) {
		c.t.Helper()
		for _, name := range names {
			if !slices.ContainsFunc(patterns, func(p string) bool { return matches(p, name) }) {
				c.t.Errorf("%s: the step set %q, which its type does not declare", what, name)
			}
		}
	}
	w := t.Writes
	if vars, known := namedVars(w, config); known {
		declared("vars", slices.Concat(w.Vars, vars), slices.Sorted(maps.Keys(out.Vars))...)
	}
	declared("amr", w.AMR, out.AMR...)
	declared("claims", w.Claims, slices.Sorted(maps.Keys(out.Claims))...)
	for _, e := range out.Evidence {
		declared("evidence", w.Evidence, e.Method)
		declared("the amr of evidence", w.AMR, e.AMR...)
	}
	if out.Subject != nil && !w.Subject {
		c.t.Errorf("the step set the subject, which its type does not declare")
	}
}

// namedVars are the variables that the configuration names. They are not known where a name
// may be the schema's default.
func namedVars(w abi.Writes, config map[string]any) (names []string, known bool) {
	for _, path := range w.VarsFrom {
		found, err := abi.Lookup(config, path)
		if err != nil || len(found) == 0 {
			return nil, false
		}
		for _, v := range found {
			switch v := v.(type) {
			case string:
				names = append(names, v)
			case map[string]any:
				names = slices.AppendSeq(names, maps.Keys(v))
			}
		}
	}
	return names, true
}

// matches says whether a value fits a pattern, in which * stands for anything.
func matches(pattern, value string) bool {
	return regexp.MustCompile("(?s)^" + strings.ReplaceAll(regexp.QuoteMeta(pattern), `\*`, ".*") + "$").MatchString(value)
}
