package vector

import (
	"bytes"
	"cmp"
	stdjson "encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/acrhost/acrhost/sdk/go/abi"
)

// document is a vector as it is written.
type document struct {
	Name        string             `json:"name"`
	Description string             `json:"description"`
	Step        string             `json:"step"`
	Input       stdjson.RawMessage `json:"input"`
	Calls       []callDocument     `json:"calls"`
	Output      stdjson.RawMessage `json:"output"`
	Error       *Fault             `json:"error"`
	Logs        []Line             `json:"logs"`
}

type callDocument struct {
	Capability string             `json:"capability"`
	Request    stdjson.RawMessage `json:"request"`
	Status     abi.Status         `json:"status"`
	Answer     stdjson.RawMessage `json:"answer"`
}

// parseJSON reads a file that holds one vector, or a list of them. All but the first
// fault of each vector is left for the next time.
func parseJSON(name string, text []byte) ([]Vector, []error) {
	elements, err := split(name, text)
	if err != nil {
		return nil, []error{err}
	}
	var all []Vector
	var faults []error
	for _, e := range elements {
		var d document
		if err := decode(name, text, e.offset, e.value, &d); err != nil {
			faults = append(faults, err)
			continue
		}
		if d.Name == "" && len(elements) > 1 {
			faults = append(faults, fmt.Errorf("%s:%d: a vector in a list needs a name", name, lineAt(text, e.offset)))
			continue
		}
		v := d.vector()
		v.Name, v.File, v.Line = cmp.Or(d.Name, base(name)), name, lineAt(text, e.offset)
		if err := v.check(); err != nil {
			faults = append(faults, err)
		}
		all = append(all, v)
	}
	return all, faults
}

// element is a vector in a file.
type element struct {
	value  jsontext.Value
	offset int64
}

// split finds the vectors of a file.
func split(name string, text []byte) ([]element, error) {
	d := jsontext.NewDecoder(bytes.NewReader(text))
	list := d.PeekKind() == jsontext.KindBeginArray
	if list {
		if _, err := d.ReadToken(); err != nil {
			return nil, located(name, text, 0, err)
		}
	}
	var all []element
	for !list || d.PeekKind() != jsontext.KindEndArray {
		value, err := d.ReadValue()
		if err != nil {
			return nil, located(name, text, 0, err)
		}
		all = append(all, element{bytes.Clone(value), d.InputOffset() - int64(len(value))})
		if !list {
			break
		}
	}
	if list {
		if _, err := d.ReadToken(); err != nil {
			return nil, located(name, text, 0, err)
		}
	}
	rest := bytes.TrimLeft(text[d.InputOffset():], " \t\r\n")
	if len(rest) > 0 {
		return nil, fmt.Errorf("%s:%d: something follows the vector; several stand in a list", name, lineAt(text, int64(len(text)-len(rest))))
	}
	return all, nil
}

// decode reads a value of a file strictly. offset is where it begins.
func decode(name string, text []byte, offset int64, value []byte, into any) error {
	if err := json.Unmarshal(value, into, json.RejectUnknownMembers(true)); err != nil {
		return located(name, text, offset, err)
	}
	return nil
}

// located is what is wrong with a file, and where.
func located(name string, text []byte, offset int64, err error) error {
	at, what := offset, err.Error()
	if wrong, ok := errors.AsType[*jsontext.SyntacticError](err); ok {
		at, what = offset+wrong.ByteOffset, wrong.Err.Error()
	}
	if wrong, ok := errors.AsType[*json.SemanticError](err); ok {
		at, what = offset+wrong.ByteOffset, strings.TrimPrefix(semantic(wrong), "json: ")
	}
	return fmt.Errorf("%s:%d: %s", name, lineAt(text, at), what)
}

// semantic is what a value is that does not belong where it is.
func semantic(e *json.SemanticError) string {
	where := strings.ReplaceAll(strings.TrimPrefix(string(e.JSONPointer), "/"), "/", ".")
	if errors.Is(e.Err, json.ErrUnknownName) {
		return fmt.Sprintf("unknown member %q; see the format of vectors", where)
	}
	if e.Err != nil {
		return fmt.Sprintf("%s: %v", where, e.Err)
	}
	return fmt.Sprintf("%s: %s does not belong here", where, e.JSONKind)
}

func (d document) vector() Vector {
	v := Vector{Name: d.Name, Description: d.Description, Step: d.Step, Input: d.Input, Output: d.Output, Error: d.Error, Logs: d.Logs}
	for _, c := range d.Calls {
		v.Calls = append(v.Calls, Call(c))
	}
	return v
}

// check refuses a vector that tests nothing, or that can't be tested.
func (v Vector) check() error {
	wrong := func(format string, args ...any) error {
		return fmt.Errorf("%s:%d: %s", v.File, v.Line, fmt.Sprintf(format, args...))
	}
	if (len(v.Output) == 0) == (v.Error == nil) {
		return wrong("exactly one of output and error is expected")
	}
	if _, err := members(v.Output); err != nil {
		return wrong("output: %v", err)
	}
	if _, err := v.Document(v.Step); err != nil {
		return wrong("%v", err)
	}
	for i, c := range v.Calls {
		if !capabilityName(c.Capability) {
			return wrong("calls[%d].capability: %q is no name of a capability", i, c.Capability)
		}
		if c.Status < abi.OK || c.Status > abi.LimitReached {
			return wrong("calls[%d].status: %d is none of 0 to %d", i, c.Status, abi.LimitReached)
		}
	}
	for i, l := range v.Logs {
		if l.Level != "debug" && l.Level != "info" && l.Level != "warn" && l.Level != "error" {
			return wrong("logs[%d].level: %q is none of debug, info, warn and error", i, l.Level)
		}
	}
	return nil
}
