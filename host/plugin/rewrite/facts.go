package rewrite

// Facts are what a module declares, before anything is rewritten.
type Facts struct {
	MemoryMin    uint32 // pages of 64 KiB
	MemoryMax    uint32 // pages; with MemoryNoMax nothing
	MemoryNoMax  bool
	Tables       []TableFacts
	DataSegments int
	Start        bool // it has a start function
}

// TableFacts are what a module declares of a table.
type TableFacts struct {
	Elem     ValType
	Min, Max uint32 // entries
	NoMax    bool
}

// Facts tells what the module declares.
func (m *Module) Facts() Facts {
	f := Facts{MemoryNoMax: true, DataSegments: len(m.datas), Start: m.start != nil}
	for _, l := range m.memories {
		f.MemoryMin, f.MemoryMax, f.MemoryNoMax = l.min, l.max, !l.hasMax
	}
	for _, t := range m.tables {
		f.Tables = append(f.Tables, TableFacts{Elem: t.elem, Min: t.min, Max: t.max, NoMax: !t.hasMax})
	}
	return f
}
