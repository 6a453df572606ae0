package abi

import "github.com/acrhost/acrhost/sdk/go/leanjson"

func appendOptional(b []byte, text *string) []byte {
	if text == nil {
		return append(b, "null"...)
	}
	return leanjson.AppendText(b, *text)
}

func appendOptionalInt(b []byte, n *int64) []byte {
	if n == nil {
		return append(b, "null"...)
	}
	return leanjson.AppendInt(b, *n)
}

func appendTable(table map[string]any, b []byte) ([]byte, error) {
	return leanjson.AppendMap(b, table)
}

// name appends the name of a member, and a comma unless it is the object's first.
func name(b []byte, name string) []byte {
	if b[len(b)-1] != '{' {
		b = append(b, ',')
	}
	return append(b, name...)
}

// list appends a list of what can always be written.
func list[E any](b []byte, all []E, element func(E, []byte) []byte) []byte {
	b = append(b, '[')
	for i, e := range all {
		if i > 0 {
			b = append(b, ',')
		}
		b = element(e, b)
	}
	return append(b, ']')
}
