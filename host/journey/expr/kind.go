package expr

import "github.com/google/cel-go/cel"

// Kind is the JSON type that every value of the expression has: string, boolean,
// integer, number, array, object or null; empty when it is only known at run time.
func (p *Program) Kind() string { return p.kind }

func kindOf(t *cel.Type) string {
	switch t.Kind() {
	case cel.StringKind, cel.TimestampKind, cel.DurationKind:
		return "string"
	case cel.BoolKind:
		return "boolean"
	case cel.IntKind, cel.UintKind:
		return "integer"
	case cel.DoubleKind:
		return "number"
	case cel.ListKind:
		return "array"
	case cel.MapKind:
		return "object"
	case cel.NullTypeKind:
		return "null"
	}
	return ""
}
