package roster

import (
	"errors"
	"io"
	"iter"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// readJSON reads one array of objects, or objects one after the other.
func readJSON(from io.Reader) iter.Seq2[Row, []Fault] {
	return func(yield func(Row, []Fault) bool) {
		lines := &lineReader{from: from, line: 1}
		d := jsontext.NewDecoder(lines)
		inArray := d.PeekKind() == jsontext.KindBeginArray
		if inArray {
			_, _ = d.ReadToken() // was peeked
		}
		for {
			if inArray && d.PeekKind() == jsontext.KindEndArray {
				_, _ = d.ReadToken()
				inArray = false
				continue
			}
			value, err := d.ReadValue()
			if errors.Is(err, io.EOF) {
				return
			}
			if err != nil {
				yield(Row{}, []Fault{jsonFault(err, lines)})
				return
			}
			line := lines.at(d.InputOffset() - int64(len(value)))
			row, faults := readObject(value, line)
			if !yield(row, faults) {
				return
			}
		}
	}
}

func readObject(value jsontext.Value, line int) (Row, []Fault) {
	r := Row{}
	err := json.Unmarshal(value, &r, json.RejectUnknownMembers(true))
	r.line = line
	if err == nil {
		return r, nil
	}
	// The decoder's own words may quote a password.
	bad, ok := errors.AsType[*json.SemanticError](err)
	switch {
	case !ok:
		return r, []Fault{fault(line, "not an object of a user")}
	case errors.Is(err, json.ErrUnknownName):
		return r, []Fault{fault(line, "unknown member %q (hint: known members: %s)", bad.JSONPointer.LastToken(), members())}
	case bad.JSONPointer == "":
		return r, []Fault{fault(line, "a %s, where an object of a user is expected", kind(bad.JSONKind))}
	}
	return r, []Fault{fault(line, "%s: it must not be a %s", strings.TrimPrefix(string(bad.JSONPointer), "/"), kind(bad.JSONKind))}
}

func kind(k jsontext.Kind) string {
	switch k {
	case jsontext.KindTrue, jsontext.KindFalse:
		return "boolean"
	case jsontext.KindBeginObject:
		return "object"
	case jsontext.KindBeginArray:
		return "list"
	}
	return k.String()
}

func members() string {
	var names []string
	for _, c := range columns() {
		names = append(names, c.name)
	}
	return strings.Join(names, ", ")
}

// jsonFault says where a file is no JSON. The library's words quote a character of it
// at most.
func jsonFault(err error, lines *lineReader) Fault {
	bad, ok := errors.AsType[*jsontext.SyntacticError](err)
	if !ok {
		return fault(lines.line, "can't be read: %v", err)
	}
	return fault(lines.at(bad.ByteOffset), "no JSON: %v; nothing behind it was read", bad.Err)
}

// lineReader knows where lines end in what was read through it. It forgets the ends
// that were passed, so that a long file takes no memory.
type lineReader struct {
	from io.Reader
	read int64
	line int     // at the last offset that was asked for
	ends []int64 // offsets of line ends behind it
}

// Read notes the line ends.
func (r *lineReader) Read(b []byte) (int, error) {
	n, err := r.from.Read(b)
	for i, c := range b[:n] {
		if c == '\n' {
			r.ends = append(r.ends, r.read+int64(i))
		}
	}
	r.read += int64(n)
	return n, err
}

// at is the line of an offset; the offsets that are asked for never fall.
func (r *lineReader) at(offset int64) int {
	passed := 0
	for passed < len(r.ends) && r.ends[passed] < offset {
		passed++
	}
	r.line += passed
	r.ends = r.ends[passed:]
	return r.line
}
