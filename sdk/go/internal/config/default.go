package config

import (
	"encoding/json"
	"fmt"
	"reflect"
)

// fresh is a default that is read for each call, because a step could change it for
// the next one: a list, a table or a pointer.
type fresh struct {
	offset   uintptr
	read     codec
	document json.RawMessage
}

// setDefaults gives the members of a struct, which lies at an offset, and of the
// structs in it, the values of their default tags. Elements of lists and tables have
// none. What two calls must not share it does not set, but gives back.
func setDefaults(v reflect.Value, offset uintptr) ([]fresh, error) {
	fields, err := fieldsOf(v.Type())
	if err != nil {
		return nil, err
	}
	var all []fresh
	for _, f := range fields {
		at := offset + v.Type().Field(f.index).Offset
		more, err := f.setDefault(v.Field(f.index), at)
		if err != nil {
			return nil, err
		}
		all = append(all, more...)
	}
	return all, nil
}

func (f field) setDefault(target reflect.Value, offset uintptr) ([]fresh, error) {
	value, ok, err := f.fallback()
	if err != nil {
		return nil, err
	}
	if !ok {
		if f.typ.Kind() == reflect.Struct && !isSchematic(f.typ) {
			return setDefaults(target, offset)
		}
		return nil, nil
	}
	if refers(f.typ) {
		read, err := planner{}.codec(f.typ)
		return []fresh{{offset: offset, read: read, document: value}}, err
	}
	if err := json.Unmarshal(value, target.Addr().Interface()); err != nil {
		return nil, fmt.Errorf("default of %s: %w", f.name, err)
	}
	return nil, nil
}

// refers says whether two values of a type can share what they hold: of an array, that
// they might.
func refers(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Struct:
		for f := range t.Fields() {
			if refers(f.Type) {
				return true
			}
		}
		return false
	case reflect.Array, reflect.Pointer, reflect.Slice, reflect.Map, reflect.Interface, reflect.Func, reflect.Chan, reflect.UnsafePointer:
		return true
	}
	return false
}

// fallback is the default tag as JSON: a text need not be quoted.
func (f field) fallback() (value json.RawMessage, ok bool, err error) {
	text, ok := f.tag.Lookup("default")
	if !ok {
		return nil, false, nil
	}
	fits := func(document []byte) bool {
		return json.Unmarshal(document, reflect.New(f.typ).Interface()) == nil
	}
	if quoted, err := json.Marshal(text); err == nil && fits(quoted) {
		return quoted, true, nil
	}
	if !fits([]byte(text)) {
		return nil, false, fmt.Errorf("%s: the default %q does not fit the type %s", f.name, text, f.typ)
	}
	return json.RawMessage(text), true, nil
}
