package main

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"

	"github.com/acrhost/acrhost/sdk/schema"
)

// Model is what the schemas say.
type Model struct {
	Input        []Type // the input document first, then what is in it
	Output       []Type
	Manifest     []Type
	Capability   []Type // the requests and answers, without types of the documents
	Capabilities []Capability
}

// Type is an object with known members, or, with Words, a text that is one of them.
type Type struct {
	Name, Doc string
	Members   []Member
	Words     []string
}

// Member is a member of an object.
type Member struct {
	Name, Doc string
	Kind      Kind
	Of        string // the type of an Object, a List or a Named
	Format    string // of an Int
	Required  bool
	Nullable  bool   // may be null
	Default   string // what a test may leave out, as JSON
	Silent    bool   // its zero value is none that counts, and can stand for a member that is missing
}

// Kind is what the value of a member is.
type Kind int

// The kinds: a Named is an object of objects, Tables a list of objects of any JSON.
const (
	Text Kind = iota
	Time
	Int
	Bool
	JSON
	Object
	Texts
	TextTable
	Values
	Tables
	List
	Named
)

// Capability is one thing that a host can do for a step.
type Capability struct {
	Name, Doc       string
	Request, Answer Type
}

// Missing says whether a member that is missing, or null, has to be told from its zero
// value.
func (m Member) Missing() bool { return m.Nullable || (!m.Required && !m.Silent) }

func read() (m Model, err error) {
	if m.Input, _, err = parse("Input", schema.Input()); err != nil {
		return m, err
	}
	if m.Output, _, err = parse("Output", schema.Output()); err != nil {
		return m, err
	}
	if m.Manifest, _, err = parse("Manifest", schema.Manifest()); err != nil {
		return m, err
	}
	types, all, err := parse("Capabilities", schema.Capabilities())
	if err != nil {
		return m, err
	}
	for _, t := range types[1:] {
		twin := slices.IndexFunc(m.Input, func(other Type) bool { return other.Name == t.Name })
		if twin < 0 {
			m.Capability = append(m.Capability, t)
		} else if !reflect.DeepEqual(m.Input[twin], t) {
			return m, fmt.Errorf("the schemas differ in what a %s is", t.Name)
		}
	}
	for _, p := range all {
		request, answer := p.Of.Properties[0].Of.ref(), p.Of.Properties[1].Of.ref()
		m.Capabilities = append(m.Capabilities, Capability{p.Name, p.Of.Description, find(types, request), find(types, answer)})
	}
	return m, nil
}

// parse gives the types of a schema, the document's own first, and its properties.
func parse(name, text string) ([]Type, properties, error) {
	var d document
	if err := json.Unmarshal([]byte(text), &d); err != nil {
		return nil, nil, fmt.Errorf("the schema of %s: %w", name, err)
	}
	own := d
	if name == "Capabilities" {
		own.Properties = nil
	}
	var types []Type
	for _, p := range append(properties{{name, own}}, d.Defs...) {
		t, err := p.Of.typ(p.Name)
		if err != nil {
			return nil, nil, err
		}
		types = append(types, t)
	}
	return types, d.Properties, nil
}

// find gives the type of a name; one that nothing defines has none.
func find(types []Type, name string) Type {
	if i := slices.IndexFunc(types, func(t Type) bool { return t.Name == name }); i >= 0 {
		return types[i]
	}
	return Type{}
}
