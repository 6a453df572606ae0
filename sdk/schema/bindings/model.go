package main

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/acrhost/acrhost/sdk/schema"
)

// Model is what the schemas say.
type Model struct {
	Input        []Type // the input document first, then what is in it
	Output       []Type
	Manifest     []Type
	Capability   []Type // the requests and answers, without types of the documents
	Capabilities []Capability
	Statuses     []Status // by number
}

// Status is how a capability answers.
type Status struct{ Name, Doc string }

// words is the status as messages have it.
func (s Status) words() string { return strings.ReplaceAll(s.Name, "_", " ") }

// Type is an object with known members, or, with Words, a text that is one of them, or,
// with Statuses, a number.
type Type struct {
	Name, Doc string
	Members   []Member
	Words     []string
	Statuses  []Status
}

// Member is a member of an object.
type Member struct {
	Name, Doc string
	Kind      Kind
	Of        string // the type of an Object, a List or a Named
	Format    string // of an Int, and the most that it can be, where there is such
	Most      int
	Required  bool
	Nullable  bool   // may be null
	Filled    bool   // a list: never empty, so that none is missing
	Default   string // what stands for it where it is left out all the same, as JSON
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
	for _, t := range m.Output { // what a step leaves empty, it does not say
		for i := range t.Members {
			t.Members[i].Silent = true
		}
	}
	if m.Manifest, _, err = parse("Manifest", schema.Manifest()); err != nil {
		return m, err
	}
	types, all, err := parse("Capabilities", schema.Capabilities())
	if err != nil {
		return m, err
	}
	for _, t := range types[1:] {
		if t.Statuses != nil {
			m.Statuses = t.Statuses
			continue
		}
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

// renamed gives the types as a language names them. Those that it gives one name become
// one, with the members of all.
func (m Model) renamed(names map[string]string) Model {
	m.Input, m.Output, m.Manifest, m.Capability = merge(m.Input, names), merge(m.Output, names), merge(m.Manifest, names), merge(m.Capability, names)
	all := slices.Concat(m.Input, m.Capability)
	m.Capabilities = slices.Clone(m.Capabilities)
	for i, c := range m.Capabilities {
		m.Capabilities[i].Request.Name = name(names, c.Request.Name)
		m.Capabilities[i].Answer = find(all, name(names, c.Answer.Name))
	}
	return m
}

func merge(types []Type, names map[string]string) []Type {
	var all []Type
	for _, t := range types {
		t.Name, t.Members = name(names, t.Name), slices.Clone(t.Members)
		for i, m := range t.Members {
			t.Members[i].Of = name(names, m.Of)
		}
		if i := slices.IndexFunc(all, func(other Type) bool { return other.Name == t.Name }); i >= 0 {
			all[i].take(t)
		} else {
			all = append(all, t)
		}
	}
	return all
}

// take adds the members of another type, and what it is. What is not in both is not
// required.
func (t *Type) take(other Type) {
	members := other.Members
	if other.Doc != t.Doc {
		t.Doc += " " + other.Doc
	}
	has := func(all []Member, name string) bool {
		return slices.ContainsFunc(all, func(m Member) bool { return m.Name == name })
	}
	for i, m := range t.Members {
		t.Members[i].Required = m.Required && has(members, m.Name)
	}
	for _, m := range members {
		if !has(t.Members, m.Name) {
			m.Required = false
			t.Members = append(t.Members, m)
		}
	}
}

// name gives the name that a language has for a type, or else the type's own.
func name(names map[string]string, own string) string {
	if other, ok := names[own]; ok {
		return other
	}
	return own
}
