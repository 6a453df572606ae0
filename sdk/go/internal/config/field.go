package config

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// field is a member of a configuration: a struct field with what its tags say.
//
//	json     the member's name
//	doc      what it is for
//	schema   required, min=N and max=N (of the length of texts, lists and tables), comma-separated
//	enum     the allowed texts, comma-separated
//	pattern  a regular expression that the text matches
//	default  the value when the member is absent: JSON, or a text without quotes
type field struct {
	name     string
	typ      reflect.Type
	index    int
	tag      reflect.StructTag
	required bool
}

// fieldsOf lists the members of a struct. A mistake in them is an error: it would
// be a member that no configuration can set.
func fieldsOf(t reflect.Type) ([]field, error) {
	all := make([]field, 0, t.NumField())
	for i := range t.NumField() {
		f := t.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name == "-" {
			continue
		}
		if !f.IsExported() || f.Anonymous || name == "" {
			return nil, fmt.Errorf("%s.%s: a member is an exported field with a json tag that names it, not an embedded one", t, f.Name)
		}
		all = append(all, field{
			name: name, typ: f.Type, index: i, tag: f.Tag,
			required: slices.Contains(strings.Split(f.Tag.Get("schema"), ","), "required"),
		})
	}
	return all, nil
}

// schematic is a type that says its own JSON Schema, and decodes itself.
type schematic interface{ JSONSchema() string }

func isSchematic(t reflect.Type) bool { return t.Implements(reflect.TypeFor[schematic]()) }
