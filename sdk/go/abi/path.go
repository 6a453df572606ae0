package abi

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// lookup finds every value that a manifest's path leads to: a JSON Pointer (RFC
// 6901) in which the token * stands for every element of a list, or every value
// of a table in the order of its keys. The path must begin with a slash.
func lookup(config map[string]any, path string) ([]any, error) {
	if !strings.HasPrefix(path, "/") {
		return nil, fmt.Errorf("path %q must begin with /", path)
	}
	found := []any{config}
	for token := range strings.SplitSeq(path[1:], "/") {
		var next []any
		for _, v := range found {
			next = append(next, children(v, token)...)
		}
		found = next
	}
	return found, nil
}

// children are the values one token below v.
func children(v any, token string) []any {
	switch v := v.(type) {
	case map[string]any:
		return inTable(v, token)
	case []any:
		return inList(v, token)
	case []map[string]any: // how the TOML decoder gives an array of tables
		list := make([]any, len(v))
		for i, t := range v {
			list[i] = t
		}
		return inList(list, token)
	}
	return nil
}

func inTable(table map[string]any, token string) []any {
	if token == "*" {
		all := make([]any, 0, len(table))
		for _, k := range slices.Sorted(maps.Keys(table)) {
			all = append(all, table[k])
		}
		return all
	}
	// RFC 6901 4: ~1 first, then ~0, so that ~01 becomes ~1.
	key := strings.ReplaceAll(strings.ReplaceAll(token, "~1", "/"), "~0", "~")
	if v, ok := table[key]; ok {
		return []any{v}
	}
	return nil
}

func inList(list []any, token string) []any {
	if token == "*" {
		return list
	}
	i, err := strconv.ParseUint(token, 10, 31)
	if err != nil || i >= uint64(len(list)) || strconv.FormatUint(i, 10) != token {
		return nil
	}
	return []any{list[i]}
}
