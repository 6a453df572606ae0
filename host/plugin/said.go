package plugin

import "strings"

// maxSaid is how much of a guest's own words an error holds, in bytes: an output document's
// worth of them for each call would be a way around the limit of its log.
const maxSaid = 1 << 10

// said is what a guest says of why it failed, as far as an error holds it. It may hold
// whatever a text can, also what a terminal would obey.
func said(s string) string { return strings.ToValidUTF8(s[:min(len(s), maxSaid)], "") }
