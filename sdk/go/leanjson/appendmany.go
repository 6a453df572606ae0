package leanjson

import "slices"

// AppendMap appends an object of any values, sorted by name; nil is null.
func AppendMap(b []byte, m map[string]any) ([]byte, error) { return appendMap(b, m, MaxDepth) }

func appendMap(b []byte, m map[string]any, depth int) ([]byte, error) {
	if m == nil {
		return append(b, "null"...), nil
	}
	var err error
	b = append(b, '{')
	for i, name := range names(m) {
		if b, err = appendAny(appendName(b, i, name), m[name], depth); err != nil {
			return b, err
		}
	}
	return append(b, '}'), nil
}

// AppendTextMap appends an object of texts, sorted by name; nil is null.
func AppendTextMap(b []byte, m map[string]string) []byte {
	if m == nil {
		return append(b, "null"...)
	}
	b = append(b, '{')
	for i, name := range names(m) {
		b = AppendText(appendName(b, i, name), m[name])
	}
	return append(b, '}')
}

// AppendTable appends an object, sorted by name, whose values a function appends;
// nil is null.
func AppendTable[V any](b []byte, m map[string]V, value func(V, []byte) ([]byte, error)) ([]byte, error) {
	if m == nil {
		return append(b, "null"...), nil
	}
	var err error
	b = append(b, '{')
	for i, name := range names(m) {
		if b, err = value(m[name], appendName(b, i, name)); err != nil {
			return b, err
		}
	}
	return append(b, '}'), nil
}

// appendName appends the name of the member with a number, from 0.
func appendName(b []byte, number int, name string) []byte {
	if number > 0 {
		b = append(b, ',')
	}
	return append(AppendText(b, name), ':')
}

// names are the keys of a table, sorted.
func names[V any](m map[string]V) []string {
	if len(m) == 0 {
		return nil
	}
	all := make([]string, 0, len(m))
	for name := range m {
		all = append(all, name)
	}
	slices.Sort(all)
	return all
}

func appendAnys(b []byte, list []any, depth int) ([]byte, error) {
	return AppendElements(b, list, func(v any, b []byte) ([]byte, error) { return appendAny(b, v, depth) })
}

// AppendElements appends a list whose elements a function appends; nil is null.
func AppendElements[E any](b []byte, list []E, element func(E, []byte) ([]byte, error)) ([]byte, error) {
	if list == nil {
		return append(b, "null"...), nil
	}
	var err error
	b = append(b, '[')
	for i, e := range list {
		if i > 0 {
			b = append(b, ',')
		}
		if b, err = element(e, b); err != nil {
			return b, err
		}
	}
	return append(b, ']'), nil
}
