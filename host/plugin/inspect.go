package plugin

import (
	"fmt"
	"slices"
	"strings"

	"github.com/acrhost/acrhost/host/plugin/rewrite"
)

// The exports that the ABI knows.
const (
	memoryExport   = "memory"
	stepExport     = "acrhost_step_v1"
	describeExport = "acrhost_describe_v1"
	initExport     = "_initialize"
	startExport    = "_start"
)

// inspect checks what a module imports and exports before any of it runs, and finds
// out its carrier.
func (m *Module) inspect(d *rewrite.Module) []string {
	faults := m.inspectImports(d.Imports)
	return append(faults, m.inspectExports(d.Exports)...)
}

// maxFaults is of imports: each takes five bytes, and has two hundred said of it.
const maxFaults = 100

func (m *Module) inspectImports(list []rewrite.Import) []string {
	var faults []string
	for n, i := range list {
		if len(faults) == maxFaults {
			return append(faults, fmt.Sprintf("%d more imports were not looked at", len(list)-n))
		}
		name := i.Module + "." + i.Name
		if err := i.Foreign(); err != nil {
			faults = append(faults, err.Error())
			continue
		}
		known, ok := m.runtime.known[i.Module][i.Name]
		switch {
		case !ok && i.Module == capabilityModule:
			faults = append(faults, fmt.Sprintf("import %q: the host has no capability %q", name, i.Name))
		case !ok:
			faults = append(faults, fmt.Sprintf("import %q: the host has no such function", name))
		case !sameType(known.typ, i.Type):
			faults = append(faults, fmt.Sprintf("import %q has the type %s, expected %s", name, i.Type, known.typ))
		case i.Module == capabilityModule && !m.spec.Grant.capability(i.Name):
			faults = append(faults, fmt.Sprintf("request outside the grant: the capability %q, which the module imports", i.Name))
		}
	}
	return faults
}

func (m *Module) inspectExports(list []rewrite.Export) []string {
	var faults []string
	found := map[string]bool{}
	expected := map[string]rewrite.FuncType{
		stepExport:     signature(":i"),
		describeExport: signature(":i"),
		initExport:     signature(""),
		startExport:    signature(""),
	}
	for _, e := range list {
		typ, ok := expected[e.Name]
		switch {
		case e.Name == memoryExport && e.Kind == rewrite.Memory:
			found[e.Name] = true
		case !ok:
		case e.Kind != rewrite.Func:
			faults = append(faults, fmt.Sprintf("export %q is a %s, expected a function", e.Name, e.Kind))
		case !sameType(typ, e.Type):
			faults = append(faults, fmt.Sprintf("export %q has the type %s, expected %s", e.Name, e.Type, typ))
		}
		if ok {
			found[e.Name] = true
		}
	}
	if !found[memoryExport] {
		faults = append(faults, `it exports no memory named "memory"`)
	}
	m.init = found[initExport]
	switch {
	// Some toolchains leave the reactor's exports in what they build as a command: it
	// has to be started by _start, and has no _initialize.
	case found[stepExport] && (m.init || !found[startExport]):
		m.carrier = reactor
	case found[startExport]:
		m.carrier = command
	default:
		faults = append(faults, noCarrier(list))
	}
	return faults
}

// noCarrier explains a module that is no plugin, or one of another version.
func noCarrier(list []rewrite.Export) string {
	for _, e := range list {
		if strings.HasPrefix(e.Name, "acrhost_step_v") {
			return fmt.Sprintf("it exports %q; this host supports %q only", e.Name, stepExport)
		}
	}
	return fmt.Sprintf("it is no plugin: it exports neither %q nor %q", stepExport, startExport)
}

func sameType(a, b rewrite.FuncType) bool {
	return slices.Equal(a.Params, b.Params) && slices.Equal(a.Results, b.Results)
}
