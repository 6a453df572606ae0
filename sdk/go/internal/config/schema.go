package config

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strconv"
	"strings"
)

// dialect is the JSON Schema that the ABI demands.
const dialect = "https://json-schema.org/draft/2020-12/schema"

// Schema derives the JSON Schema of a configuration from its type. What a
// struct does not name is refused: a misspelt member would be a rule that nobody
// follows.
func Schema(t reflect.Type) (json.RawMessage, error) {
	if t.Kind() != reflect.Struct {
		return nil, fmt.Errorf("%s is no struct", t)
	}
	schema, err := typeSchema(t)
	if err != nil {
		return nil, err
	}
	schema["$schema"] = dialect
	return json.Marshal(schema)
}

func typeSchema(t reflect.Type) (map[string]any, error) {
	if isSchematic(t) {
		var own map[string]any
		text := reflect.Zero(t).Interface().(schematic).JSONSchema()
		if err := json.Unmarshal([]byte(text), &own); err != nil {
			return nil, fmt.Errorf("%s: its JSONSchema is no JSON object: %w", t, err)
		}
		return own, nil
	}
	switch t.Kind() {
	case reflect.String:
		return map[string]any{"type": "string"}, nil
	case reflect.Bool:
		return map[string]any{"type": "boolean"}, nil
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return map[string]any{"type": "integer"}, nil
	case reflect.Float32, reflect.Float64:
		return map[string]any{"type": "number"}, nil
	case reflect.Interface:
		return map[string]any{}, nil
	case reflect.Pointer:
		return typeSchema(t.Elem())
	case reflect.Slice:
		items, err := typeSchema(t.Elem())
		return map[string]any{"type": "array", "items": items}, err
	case reflect.Map:
		values, err := typeSchema(t.Elem())
		return map[string]any{"type": "object", "additionalProperties": values}, err
	case reflect.Struct:
		return structSchema(t)
	}
	return nil, fmt.Errorf("a configuration can't hold %s", t)
}

func structSchema(t reflect.Type) (map[string]any, error) {
	fields, err := fieldsOf(t)
	if err != nil {
		return nil, err
	}
	properties, required := map[string]any{}, []string{}
	for _, f := range fields {
		p, err := f.schema()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f.name, err)
		}
		properties[f.name] = p
		if f.required {
			required = append(required, f.name)
		}
	}
	schema := map[string]any{"type": "object", "properties": properties, "additionalProperties": false}
	if len(required) > 0 {
		schema["required"] = required
	}
	return schema, nil
}

// schema is that of the field's type, with what the tags add.
func (f field) schema() (map[string]any, error) {
	s, err := typeSchema(f.typ)
	if err != nil {
		return nil, err
	}
	if doc := f.tag.Get("doc"); doc != "" {
		s["description"] = doc
	}
	if enum := f.tag.Get("enum"); enum != "" {
		s["enum"] = strings.Split(enum, ",")
	}
	if pattern := f.tag.Get("pattern"); pattern != "" {
		s["pattern"] = pattern
	}
	if value, ok, err := f.fallback(); err != nil {
		return nil, err
	} else if ok {
		s["default"] = value
	}
	return s, f.bounds(s)
}

// bounds adds min and max under the name that they have for the type.
func (f field) bounds(s map[string]any) error {
	for option := range strings.SplitSeq(f.tag.Get("schema"), ",") {
		name, text, _ := strings.Cut(option, "=")
		if name == "" || name == "required" {
			continue
		}
		n, err := strconv.Atoi(text)
		keyword := boundKeyword(name, s["type"])
		if err != nil || keyword == "" {
			return fmt.Errorf("the schema tag can't say %q here", option)
		}
		s[keyword] = n
	}
	return nil
}

func boundKeyword(name string, typ any) string {
	if name != "min" && name != "max" {
		return ""
	}
	switch typ {
	case "string":
		return name + "Length"
	case "array":
		return name + "Items"
	case "object":
		return name + "Properties"
	case "integer", "number":
		return name + "imum"
	}
	return ""
}
