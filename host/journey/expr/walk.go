package expr

import (
	"maps"
	"slices"
	"strconv"
)

// key is the only key of a table that is an expression.
const key = "cel"

// IsExpression says whether a configuration value is an expression, that is a
// table with exactly the one key cel, which holds a string.
func IsExpression(v any) (src string, ok bool) {
	m, ok := v.(map[string]any)
	if !ok || len(m) != 1 {
		return "", false
	}
	src, ok = m[key].(string)
	return src, ok
}

// Walk calls visit for every expression in a step's configuration, in the order
// of its keys. The path is dotted, list elements by number: options.0.label.
func Walk(config map[string]any, visit func(path, src string)) {
	if src, ok := IsExpression(config); ok {
		visit("", src)
		return
	}
	walkTable("", config, visit)
}

func walk(path string, v any, visit func(path, src string)) {
	if src, ok := IsExpression(v); ok {
		visit(path, src)
		return
	}
	switch v := v.(type) {
	case map[string]any:
		walkTable(path+".", v, visit)
	case []any:
		for i, e := range v {
			walk(path+"."+strconv.Itoa(i), e, visit)
		}
	}
}

func walkTable(prefix string, m map[string]any, visit func(path, src string)) {
	for _, k := range slices.Sorted(maps.Keys(m)) {
		walk(prefix+k, m[k], visit)
	}
}
