package main

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf16"
)

// tame is text without what a terminal would obey, but for the ends of lines: controls, and
// what turns the direction of text, become escapes as of JSON. Text that others wrote goes
// through here, or through plain, before somebody sees it.
func tame(text string) string {
	var b strings.Builder
	for _, r := range text {
		if r == '\n' || r == '\t' || strconv.IsGraphic(r) {
			b.WriteRune(r)
			continue
		}
		for _, unit := range utf16.Encode([]rune{r}) {
			fmt.Fprintf(&b, `\u%04x`, unit)
		}
	}
	return b.String()
}
