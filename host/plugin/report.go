package plugin

import (
	"slices"
	"time"

	"github.com/acrhost/acrhost/host/plugin/rewrite"
	"github.com/acrhost/acrhost/sdk/go/abi"
)

// Report is what is known about a module once it is loaded. The part from Digest to
// Start was read from the module without running any of it.
type Report struct {
	Name    string `json:"name"` // the manifest's; empty without one
	Version string `json:"version"`

	Digest       string       `json:"digest"`
	FileBytes    int          `json:"file_bytes"`
	Packed       bool         `json:"packed"`       // the manifest is in its section
	Carrier      string       `json:"carrier"`      // reactor or command
	Capabilities []string     `json:"capabilities"` // what it can ever ask for: its imports
	ABI          []string     `json:"abi"`          // imports from acrhost_v1
	WASI         []WASIImport `json:"wasi"`         // imports from WASI preview 1
	Exports      []Exported   `json:"exports"`
	Memory       MemoryReport `json:"memory"`
	Tables       TableReport  `json:"tables"`
	DataSegments int          `json:"data_segments"` // before they are merged
	Start        bool         `json:"start"`         // it has a start function

	Steps       map[string]abi.StepType `json:"steps"`
	Undescribed string                  `json:"undescribed,omitempty"` // why there are no steps

	Mode         Mode   `json:"mode"`
	Why          string `json:"why"`           // the mode was chosen, or restoring isn't possible
	Restore      bool   `json:"restore"`       // an instance may be used again after it was restored
	EntropyBytes int    `json:"entropy_bytes"` // that differed between two instances; -1: not compared
	StartNS      int64  `json:"start_ns"`      // what a new instance costs, in nanoseconds; 0: not measured
}

// WASIImport is a function of WASI that a module imports.
type WASIImport struct {
	Name  string `json:"name"`
	NoSys bool   `json:"nosys"` // it answers ENOSYS
}

// Exported is something that a module offers.
type Exported struct {
	Name string `json:"name"`
	Type string `json:"type"` // a function's type, else memory, table, global or MutableGlobal
}

// MutableGlobal is the type of an exported global that the guest can change.
const MutableGlobal = "mutable global"

// MemoryReport is what a module declares of its memory, in bytes.
type MemoryReport struct {
	Min   uint64  `json:"min"`
	Max   *uint64 `json:"max"` // nil: none is declared
	Limit uint64  `json:"limit"`
}

// TableReport is what a module declares of its tables.
type TableReport struct {
	Declared []Table `json:"declared"`
	Limit    uint32  `json:"limit"` // entries, over all of them
}

// Table is one table, in entries.
type Table struct {
	Type string  `json:"type"`
	Min  uint32  `json:"min"`
	Max  *uint32 `json:"max"` // nil: none is declared
}

// Report tells what is known about the module.
func (m *Module) Report() Report {
	r := m.static
	r.Packed = m.packed
	r.Name, r.Version, r.Steps = m.manifest.Name, m.manifest.Version, m.manifest.Steps
	if m.why != nil {
		r.Undescribed = m.why.Error()
	}
	s := m.Safety()
	r.Mode, r.Why, r.Restore = m.Mode(), s.Why, s.Restore
	r.EntropyBytes, r.StartNS = s.EntropyBytes, int64(s.Start/time.Nanosecond)
	return r
}

// readStatic reads what can be told of a module that is about to run.
func (m *Module) readStatic(d *rewrite.Module, size int) {
	f := d.Facts()
	m.static = Report{
		Digest: m.digest, FileBytes: size, Carrier: m.carrier.String(), Capabilities: []string{}, ABI: []string{},
		WASI: []WASIImport{}, Exports: []Exported{}, DataSegments: f.DataSegments, Start: f.Start,
		Memory: MemoryReport{Min: uint64(f.MemoryMin) * pageBytes, Limit: m.spec.Limits.MemoryBytes},
		Tables: TableReport{Declared: []Table{}, Limit: m.spec.Limits.TableEntries},
	}
	if !f.MemoryNoMax {
		m.static.Memory.Max = new(uint64(f.MemoryMax) * pageBytes)
	}
	for _, t := range f.Tables {
		table := Table{Type: t.Elem.String(), Min: t.Min}
		if !t.NoMax {
			table.Max = new(t.Max)
		}
		m.static.Tables.Declared = append(m.static.Tables.Declared, table)
	}
	m.static.readImports(d.Imports)
	m.static.readExports(d.Exports)
}

func (r *Report) readImports(list []rewrite.Import) {
	implemented := wasiImplemented()
	for _, i := range list {
		switch i.Module {
		case capabilityModule:
			r.Capabilities = append(r.Capabilities, i.Name)
		case abiModule:
			r.ABI = append(r.ABI, i.Name)
		case wasiModule:
			_, there := implemented[i.Name]
			r.WASI = append(r.WASI, WASIImport{i.Name, !there})
		}
	}
	slices.Sort(r.Capabilities)
}

func (r *Report) readExports(list []rewrite.Export) {
	for _, e := range list {
		typ := e.Kind.String()
		switch {
		case e.Kind == rewrite.Func:
			typ = e.Type.String()
		case e.Mutable:
			typ = MutableGlobal
		}
		r.Exports = append(r.Exports, Exported{e.Name, typ})
	}
}

// String is reactor or command.
func (c carrier) String() string {
	if c == command {
		return "command"
	}
	return "reactor"
}
