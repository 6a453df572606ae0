package oidc

import (
	"slices"
	"strings"
)

// isType compares a header's typ as a media type: without regard to case, and with or
// without application/ before it (RFC 7515 4.1.9).
func isType(typ string, names ...string) bool {
	typ = strings.TrimPrefix(strings.ToLower(typ), "application/")
	return slices.ContainsFunc(names, func(name string) bool { return typ == strings.ToLower(name) })
}
