package roster

import (
	"io"
	"iter"
	"path/filepath"
	"strings"
)

// Format is how users are written down.
type Format string

// The formats. JSON is read as one array or as one object after the other, and
// written as one object a line.
const (
	CSV  Format = "csv"
	JSON Format = "json"
)

// FormatOf is the format that the name of a file tells, empty when it tells none.
func FormatOf(path string) Format {
	switch strings.ToLower(filepath.Ext(path)) {
	case ".csv":
		return CSV
	case ".json", ".jsonl", ".ndjson":
		return JSON
	}
	return ""
}

// rows reads a file, row by row, with what is wrong with the shape of each. The last
// fault may be that the rest can't be read.
func rows(r io.Reader, f Format) iter.Seq2[Row, []Fault] {
	if f == CSV {
		return readCSV(r)
	}
	return readJSON(r)
}
