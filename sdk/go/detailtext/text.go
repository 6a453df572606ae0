package detailtext

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Of is what a detail says beside its type: its members by name, in order. Whatever a
// client sent stands in quotes, and what does not print is escaped: no member can pass for
// another, nor turn the text around. It is no HTML, and empty for a detail that is nothing
// but a type.
func Of(detail map[string]any) string {
	members := maps.Clone(detail)
	delete(members, "type")
	return table(members)
}

func table(members map[string]any) string {
	var all []string
	for _, name := range slices.Sorted(maps.Keys(members)) {
		all = append(all, word(name)+": "+value(members[name]))
	}
	return strings.Join(all, "; ")
}

func value(v any) string {
	switch v := v.(type) {
	case map[string]any:
		return "{" + table(v) + "}"
	case []any:
		all := make([]string, len(v))
		for i, each := range v {
			all[i] = value(each)
		}
		return "[" + strings.Join(all, ", ") + "]"
	case string:
		return strconv.Quote(v)
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case nil:
		return "none"
	}
	return fmt.Sprint(v) // true, false
}

// word is a name as it is when nothing in it could mislead, else in quotes.
func word(name string) string {
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("_-.", r)
	}
	if name != "" && strings.IndexFunc(name, func(r rune) bool { return !plain(r) }) < 0 {
		return name
	}
	return strconv.Quote(name)
}
