package lint

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/acrhost/acrhost/host/plugin"
	"github.com/acrhost/acrhost/host/plugin/rewrite"
)

// Finding is one thing to mend, or to think about.
type Finding struct {
	Fault   bool   `json:"fault"` // else a warning
	Step    string `json:"step,omitempty"`
	Message string `json:"message"`
	Hint    string `json:"hint,omitempty"`
}

// String is the finding as a line, without its hint.
func (f Finding) String() string {
	kind := "warning"
	if f.Fault {
		kind = "fault"
	}
	if f.Step != "" {
		kind += ": step " + f.Step
	}
	return kind + ": " + f.Message
}

// Subject is what is looked at.
type Subject struct {
	Name         string // for messages
	Wasm         []byte
	Capabilities []string // that the host has
	// Shown are the outcomes that the module's vectors expect, by step type; nil: there are
	// no vectors to look at.
	Shown map[string][]string
}

// Module looks at a module, faults first. The error is for what has nothing to do with
// the module.
func Module(ctx context.Context, runtime *plugin.Runtime, s Subject) ([]Finding, error) {
	l := &list{}
	m, err := load(ctx, runtime, s)
	if refused, ok := errors.AsType[*plugin.RefusedError](err); ok {
		l.refused(refused, s.Capabilities)
		return l.found, nil
	}
	if err != nil {
		return nil, fmt.Errorf("load the module: %w", err)
	}
	defer m.Close(ctx)
	r := m.Report()
	l.file(r)
	if decoded, err := rewrite.Decode(s.Wasm); err == nil {
		l.sections(decoded.Customs)
	}
	if r.Undescribed != "" {
		l.fault("", "it describes no step types: "+r.Undescribed, "export acrhost_describe_v1, answer to describe, or pack a manifest: acrhost plugin pack")
		return l.found, nil
	}
	l.manifest(m.Manifest(), r, s.Capabilities)
	if s.Shown != nil {
		l.untested(m.Manifest(), s.Shown)
	}
	if err := l.packed(ctx, runtime, s, m.Manifest()); err != nil {
		return nil, err
	}
	slices.SortStableFunc(l.found, func(a, b Finding) int { return cmp.Compare(rank(a), rank(b)) })
	return l.found, nil
}

func rank(f Finding) int {
	if f.Fault {
		return 0
	}
	return 1
}

// load loads a module under the limits of the ABI and with whatever it asks for.
func load(ctx context.Context, runtime *plugin.Runtime, s Subject) (*plugin.Module, error) {
	return runtime.Load(ctx, plugin.Spec{Name: s.Name, Wasm: s.Wasm, Grant: plugin.Grant{All: true}})
}

// list collects what is found.
type list struct{ found []Finding }

func (l *list) fault(step, message, hint string) {
	l.found = append(l.found, Finding{Fault: true, Step: step, Message: message, Hint: hint})
}

func (l *list) warn(step, message, hint string) {
	l.found = append(l.found, Finding{Step: step, Message: message, Hint: hint})
}

// refused turns each reason of a host's refusal into a fault.
func (l *list) refused(refused *plugin.RefusedError, capabilities []string) {
	reasons := refused.Reasons
	if len(reasons) == 0 {
		reasons = []string{refused.Reason}
	}
	for _, reason := range reasons {
		l.fault("", reason, cmp.Or(refused.Hint, mend(reason, capabilities)))
	}
}

// mend says what to do about a reason, as far as it is one of many modules.
func mend(reason string, capabilities []string) string {
	for _, known := range []struct{ part, hint string }{
		{"the host has no capability", "this host has: " + strings.Join(capabilities, ", ")},
		{"the host has no such function", "a module may import from acrhost_v1, acrhost_cap_v1 and wasi_snapshot_preview1; build for WASI preview 1, or for no system at all (JavaScript glue such as wasm-bindgen's won't do)"},
		{"exports no memory", `export the memory by the name "memory"; the linker's option is --export-memory`},
		{"it is no plugin", "export acrhost_step_v1, of type () -> i32, and link it as a reactor; or build a command that answers on standard output"},
		{"supports \"acrhost_step_v1\" only", "build it with an SDK for ABI v1"},
		{"and no step declares it", "list it in the capabilities of the step that calls it, or don't call it"},
		{"manifest: ", "see sdk/schema/manifest.schema.json; the SDKs make one of the step's types"},
		{"has the type", "see sdk/ABI.md for the types"},
	} {
		if strings.Contains(reason, known.part) {
			return known.hint
		}
	}
	return ""
}
