package leanjson

import "encoding/json"

// Reader reads itself.
type Reader interface {
	ParseJSON(document []byte) error
}

// Unmarshal reads a document into v, a pointer, as json.Unmarshal does. Pointers to
// what is plain, as in AppendAny, and Readers take no reflection.
func Unmarshal(document []byte, v any) error {
	if r, ok := v.(Reader); ok {
		return r.ParseJSON(document)
	}
	p := Parse(document)
	null := p.Null()
	p = Parse(document)
	switch v := v.(type) {
	case *any:
		*v = p.Any()
	case *[]any:
		*v = p.Anys()
	case *[]string:
		*v = p.Texts()
	case *map[string]any:
		*v = p.Map()
	case *map[string]string:
		*v = p.TextMap()
	case *map[string]json.RawMessage:
		*v = p.RawMap()
	case *json.RawMessage:
		*v = p.Raw()
	default:
		return unmarshalScalar(p, null, v, document)
	}
	return p.End()
}

// unmarshalScalar leaves v alone where the document is null.
func unmarshalScalar(p Parser, null bool, v any, document []byte) error {
	switch v := v.(type) {
	case *string:
		*v = or(null, *v, p.Text())
	case *bool:
		*v = or(null, *v, p.Bool())
	case *int:
		*v = or(null, *v, int(p.Int(64)))
	case *int64:
		*v = or(null, *v, p.Int(64))
	case *float64:
		*v = or(null, *v, p.Float(64))
	default:
		return json.Unmarshal(document, v)
	}
	return p.End()
}

func or[T any](first bool, a, b T) T {
	if first {
		return a
	}
	return b
}
