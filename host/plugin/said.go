package plugin

import (
	"strings"
	"unicode"
)

// maxSaid is how much of a guest's own words an error holds, in bytes: an output document's
// worth of them for each call would be a way around the limit of its log.
const maxSaid = 1 << 10

// said is what a guest says of why it failed, on one line and without what a terminal would
// obey: it is shown to people, by whom it wasn't asked.
func said(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsControl(r):
			return ' '
		case !unicode.IsGraphic(r):
			return unicode.ReplacementChar
		}
		return r
	}, strings.ToValidUTF8(s[:min(len(s), maxSaid)], ""))
}
