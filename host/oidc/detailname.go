package oidc

import (
	"slices"
	"strings"
)

// alike says whether an object, or one within it, has two members whose names differ in
// nothing but the case of letters. Some readers take such names for one (Go's encoding/json
// does), and the last value for both: a resource server could read another type, or another
// amount, than the one that was checked and approved.
func alike(value any) bool {
	switch value := value.(type) {
	case map[string]any:
		seen := make(map[string]bool, len(value))
		for name, member := range value {
			folded := strings.ToLower(strings.ToUpper(name)) // both ways: ſ and K are letters, too
			if seen[folded] || alike(member) {
				return true
			}
			seen[folded] = true
		}
	case []any:
		return slices.ContainsFunc(value, alike)
	}
	return false
}
