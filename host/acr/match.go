package acr

import "strings"

// Match says whether a pattern covers a value. A * stands for any text, also
// none; everything else for itself.
func Match(pattern, value string) bool {
	head, rest, wild := strings.Cut(pattern, "*")
	if !wild {
		return pattern == value
	}
	value, ok := strings.CutPrefix(value, head)
	if !ok {
		return false
	}
	// Between stars the first place that fits is as good as any later one.
	for {
		part, next, more := strings.Cut(rest, "*")
		if !more {
			return strings.HasSuffix(value, part)
		}
		i := strings.Index(value, part)
		if i < 0 {
			return false
		}
		value, rest = value[i+len(part):], next
	}
}
