package step

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
)

// decodeConfig fills a configuration in: the defaults, then what the document says.
// The host holds the document against the schema before it calls; what is checked
// here again is what decoding needs: the types, and that members are known and
// required ones present.
func decodeConfig(document json.RawMessage, into any) error {
	if len(document) == 0 || string(document) == "null" {
		document = json.RawMessage("{}")
	}
	v := reflect.ValueOf(into).Elem()
	if v.Kind() != reflect.Struct {
		return fmt.Errorf("%s is no struct", v.Type())
	}
	if err := setDefaults(v); err != nil {
		return err
	}
	d := json.NewDecoder(bytes.NewReader(document))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return errors.New("config: " + strings.TrimPrefix(err.Error(), "json: "))
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("config: something follows the object")
	}
	return checkRequired(v.Type(), document, "config")
}

// setDefaults gives the members of a struct, and of the structs in it, the values
// of their default tags. Elements of lists and tables have none.
func setDefaults(v reflect.Value) error {
	fields, err := fieldsOf(v.Type())
	if err != nil {
		return err
	}
	for _, f := range fields {
		value, ok, err := f.fallback()
		if err != nil {
			return err
		}
		target := v.Field(f.index)
		if ok {
			if err := json.Unmarshal(value, target.Addr().Interface()); err != nil {
				return fmt.Errorf("default of %s: %w", f.name, err)
			}
			continue
		}
		if f.typ.Kind() == reflect.Struct && !isSchematic(f.typ) {
			if err := setDefaults(target); err != nil {
				return err
			}
		}
	}
	return nil
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

// checkRequired finds required members that are absent or null. The document has
// been decoded into the type before, so it has its shape.
func checkRequired(t reflect.Type, document json.RawMessage, path string) error {
	if isSchematic(t) {
		return nil
	}
	switch t.Kind() {
	case reflect.Pointer:
		return checkRequired(t.Elem(), document, path)
	case reflect.Slice:
		var elements []json.RawMessage
		if err := json.Unmarshal(document, &elements); err != nil {
			return nil // bytes and the like: no list in JSON
		}
		for i, e := range elements {
			if err := checkRequired(t.Elem(), e, fmt.Sprintf("%s[%d]", path, i)); err != nil {
				return err
			}
		}
	case reflect.Struct:
		return checkMembers(t, document, path)
	}
	return nil
}

func checkMembers(t reflect.Type, document json.RawMessage, path string) error {
	fields, err := fieldsOf(t)
	if err != nil {
		return err
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal(document, &members); err != nil {
		return fmt.Errorf("%s: an object is expected", path)
	}
	for _, f := range fields {
		value, present := members[f.name]
		absent := !present || string(value) == "null"
		if absent && f.required {
			return fmt.Errorf("%s.%s is required", path, f.name)
		}
		if absent {
			continue
		}
		if err := checkRequired(f.typ, value, path+"."+f.name); err != nil {
			return err
		}
	}
	return nil
}
