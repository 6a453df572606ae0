package vector

import (
	"bytes"
	"cmp"
	stdjson "encoding/json"
	"fmt"
	"strings"

	"golang.org/x/tools/txtar"
)

// parseTxtar reads a file of the txtar format, which holds one vector in sections. Its
// comment is the description.
func parseTxtar(name string, text []byte) ([]Vector, []error) {
	archive := txtar.Parse(text)
	var d document
	var faults []error
	lines := sectionLines(text)
	seen := map[string]bool{}
	for i, f := range archive.Files {
		line := 1
		if i < len(lines) {
			line = lines[i]
		}
		if seen[f.Name] {
			faults = append(faults, fmt.Errorf("%s:%d: the section %s comes twice", name, line, f.Name))
			continue
		}
		seen[f.Name] = true
		if err := d.section(name, line, f); err != nil {
			faults = append(faults, err)
		}
	}
	if len(faults) > 0 {
		return nil, faults
	}
	v := d.vector()
	v.Name, v.Description, v.File, v.Line = cmp.Or(d.Name, base(name)), strings.TrimSpace(string(archive.Comment)), name, 1
	if err := v.check(); err != nil {
		return nil, []error{err}
	}
	return []Vector{v}, nil
}

// section reads one section into the vector.
func (d *document) section(name string, line int, f txtar.File) error {
	var head struct {
		Name string `json:"name"`
		Step string `json:"step"`
	}
	// The text before the section is blank lines, so that faults have the file's lines.
	text := append(bytes.Repeat([]byte("\n"), line), f.Data...)
	into := map[string]any{
		"vector.json": &head, "input.json": &d.Input, "output.json": &d.Output, "error.json": &d.Error,
		"calls.json": &d.Calls, "logs.json": &d.Logs,
	}[f.Name]
	if into == nil {
		return fmt.Errorf("%s:%d: unknown section %q; there are vector.json, input.json, output.json, error.json, calls.json and logs.json", name, line, f.Name)
	}
	if err := decode(name, text, 0, text, into); err != nil {
		return err
	}
	if raw, ok := into.(*stdjson.RawMessage); ok {
		*raw = bytes.TrimSpace(*raw)
	}
	d.Name, d.Step = cmp.Or(d.Name, head.Name), cmp.Or(d.Step, head.Step)
	return nil
}

// sectionLines are the lines on which the sections' names stand.
func sectionLines(text []byte) []int {
	var lines []int
	n := 0
	for line := range bytes.Lines(text) {
		n++
		line = bytes.TrimRight(line, "\r\n")
		if one := txtar.Parse(append(bytes.Clone(line), '\n')); len(one.Files) == 1 {
			lines = append(lines, n)
		}
	}
	return lines
}
