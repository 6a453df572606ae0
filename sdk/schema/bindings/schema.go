package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// document is what is read of a JSON Schema.
type document struct {
	Description          string          `json:"description"`
	Ref                  string          `json:"$ref"`
	Type                 json.RawMessage `json:"type"`
	Format               string          `json:"format"`
	Enum                 []string        `json:"enum"`
	MinLength            int             `json:"minLength"`
	MinItems             int             `json:"minItems"`
	Minimum              *int            `json:"minimum"`
	Maximum              int             `json:"maximum"`
	Properties           properties      `json:"properties"`
	Required             []string        `json:"required"`
	Items                *document       `json:"items"`
	AdditionalProperties json.RawMessage `json:"additionalProperties"`
	AnyOf                []document      `json:"anyOf"`
	OneOf                []choice        `json:"oneOf"`
	Default              json.RawMessage `json:"default"`
	Defs                 properties      `json:"$defs"`
}

// choice is one of the numbers that a value can be.
type choice struct {
	Const              int
	Title, Description string
}

// properties are the members of an object, in the order in which they are written.
type properties []property

type property struct {
	Name string
	Of   document
}

// UnmarshalJSON reads an object.
func (p *properties) UnmarshalJSON(text []byte) error {
	d := json.NewDecoder(bytes.NewReader(text))
	if _, err := d.Token(); err != nil {
		return err
	}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return err
		}
		one := property{Name: fmt.Sprint(name)}
		if err := d.Decode(&one.Of); err != nil {
			return fmt.Errorf("%s: %w", one.Name, err)
		}
		*p = append(*p, one)
	}
	return nil
}

// typ gives the type of an object's definition.
func (d document) typ(name string) (Type, error) {
	t := Type{Name: name, Doc: d.Description, Words: d.Enum}
	for i, c := range d.OneOf {
		if c.Title == "" {
			break // the ways in which the output's members go together
		}
		if c.Const != i {
			return t, fmt.Errorf("%s: %q is %d, and stands in the place of %d", name, c.Title, c.Const, i)
		}
		t.Statuses = append(t.Statuses, Status{c.Title, c.Description})
	}
	for _, p := range d.Properties {
		m, err := p.Of.member()
		if err != nil {
			return t, fmt.Errorf("%s.%s: %w", name, p.Name, err)
		}
		m.Name, m.Doc, m.Required, m.Default = p.Name, p.Of.Description, slices.Contains(d.Required, p.Name), string(p.Of.Default)
		t.Members = append(t.Members, m)
	}
	return t, nil
}

// member says what kind of value a schema describes.
func (d document) member() (Member, error) {
	if len(d.AnyOf) == 2 && d.AnyOf[1].is("null") {
		m, err := d.AnyOf[0].member()
		m.Nullable = true
		return m, err
	}
	switch {
	case d.Ref != "":
		return Member{Kind: Object, Of: d.ref()}, nil
	case d.is("string") && d.Format == "date-time":
		return Member{Kind: Time}, nil
	case d.is("string"):
		return Member{Kind: Text, Silent: d.MinLength > 0 || d.Enum != nil}, nil
	case d.is("integer"):
		return Member{Kind: Int, Format: d.Format, Most: d.Maximum, Silent: d.Minimum == nil || *d.Minimum > 0}, nil
	case d.is("boolean"):
		return Member{Kind: Bool, Silent: true}, nil
	case d.is("array"):
		return d.list()
	case d.is("object"):
		return d.table()
	}
	return Member{Kind: JSON}, nil
}

func (d document) list() (Member, error) {
	switch {
	case d.Items.Ref != "":
		return Member{Kind: List, Of: d.Items.ref()}, nil
	case d.Items.is("string"):
		return Member{Kind: Texts, Filled: d.MinItems > 0}, nil
	case d.Items.is("object"):
		return Member{Kind: Tables, Filled: d.MinItems > 0}, nil
	}
	return Member{}, fmt.Errorf("no SDK knows a list of such")
}

func (d document) table() (Member, error) {
	if d.AdditionalProperties == nil {
		return Member{Kind: Values}, nil
	}
	var of document
	if err := json.Unmarshal(d.AdditionalProperties, &of); err != nil {
		return Member{}, err
	}
	if of.Ref != "" {
		return Member{Kind: Named, Of: of.ref()}, nil
	}
	return Member{Kind: TextTable}, nil
}

func (d document) is(name string) bool { return string(d.Type) == `"`+name+`"` }

func (d document) ref() string { return strings.TrimPrefix(d.Ref, "#/$defs/") }
