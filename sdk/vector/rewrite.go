package vector

import (
	"bytes"
	stdjson "encoding/json"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
	"golang.org/x/tools/txtar"
)

// Rewrite is the text of the vector's file with what a module answered in the place of
// what was expected: the output or the error, and the log where the vector has one. The
// rest of the text stays byte for byte; the capability calls stay too, because they are
// what the test gives, and not only what it gets. A person should look at the result: it
// is what the module does, right or wrong.
func (v Vector) Rewrite(text []byte, a Answer) ([]byte, error) {
	name, value := "output", a.Output
	if a.Fault != nil {
		fault, err := stdjson.Marshal(a.Fault)
		if err != nil {
			return nil, fmt.Errorf("rewrite %s: %w", v.File, err)
		}
		name, value = "error", fault
	}
	changes := []change{{was: []string{"output", "error"}, name: name, value: value}}
	if v.Logs != nil {
		logs, err := stdjson.Marshal(notNil(a.Logs))
		if err != nil {
			return nil, fmt.Errorf("rewrite %s: %w", v.File, err)
		}
		changes = append(changes, change{was: []string{"logs"}, name: "logs", value: logs})
	}
	for _, c := range changes {
		var err error
		if text, err = v.apply(text, c); err != nil {
			return nil, fmt.Errorf("rewrite %s: %w", v.File, err)
		}
	}
	return text, nil
}

// change puts a member in the place of one of others.
type change struct {
	was   []string
	name  string
	value []byte
}

func (v Vector) apply(text []byte, c change) ([]byte, error) {
	if strings.EqualFold(path.Ext(v.File), ".txtar") {
		return c.inTxtar(text)
	}
	elements, err := split(v.File, text)
	if err != nil {
		return nil, err
	}
	for _, e := range elements {
		if lineAt(text, e.offset) == v.Line {
			return c.inObject(text, e.offset)
		}
	}
	return nil, fmt.Errorf("no vector begins on line %d any more", v.Line)
}

func (c change) inTxtar(text []byte) ([]byte, error) {
	archive := txtar.Parse(text)
	for i, f := range archive.Files {
		if name, _, _ := bytes.Cut([]byte(f.Name), []byte(".")); slices.Contains(c.was, string(name)) {
			value := jsontext.Value(bytes.Clone(c.value))
			if err := value.Indent(jsontext.WithIndent("  ")); err != nil {
				return nil, err
			}
			archive.Files[i] = txtar.File{Name: c.name + ".json", Data: append(value, '\n')}
			return txtar.Format(archive), nil
		}
	}
	return nil, fmt.Errorf("it has no section %s.json", c.was[0])
}

// inObject changes the object that begins at an offset.
func (c change) inObject(text []byte, offset int64) ([]byte, error) {
	d := jsontext.NewDecoder(bytes.NewReader(text[offset:]))
	if _, err := d.ReadToken(); err != nil {
		return nil, err
	}
	for d.PeekKind() == jsontext.KindString {
		name, err := d.ReadValue()
		if err != nil {
			return nil, err
		}
		from := offset + d.InputOffset() - int64(len(name))
		var plain string
		if err := stdjson.Unmarshal(name, &plain); err != nil {
			return nil, err
		}
		if _, err := d.ReadValue(); err != nil {
			return nil, err
		}
		if slices.Contains(c.was, plain) {
			return c.at(text, from, offset+d.InputOffset())
		}
	}
	return nil, fmt.Errorf("it has no member %q", c.was[0])
}

// at puts the member between two offsets, indented like its line.
func (c change) at(text []byte, from, to int64) ([]byte, error) {
	line := text[bytes.LastIndexByte(text[:from], '\n')+1 : from]
	prefix := line[:len(line)-len(bytes.TrimLeft(line, " \t"))]
	value := jsontext.Value(bytes.Clone(c.value))
	if err := value.Indent(jsontext.WithIndentPrefix(string(prefix)), jsontext.WithIndent("  ")); err != nil {
		return nil, err
	}
	member := fmt.Appendf(nil, "%q: %s", c.name, bytes.TrimSpace(value))
	return slices.Concat(text[:from], member, text[to:]), nil
}
