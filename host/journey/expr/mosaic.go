package expr

import (
	"regexp"
	"strings"
)

// mosaicACR is how an expression of Mosaic reads the current acr. Authors paste
// it unchanged.
var mosaicACR = regexp.MustCompile(`^@policy\s*\.\s*getInteractionParameters\s*\(\s*\)\s*\.\s*acrValues\b`)

const currentACR = "acr.current"

// Mosaic is how every expression of Mosaic's for its interaction begins. Text that
// holds it was meant as an expression.
const Mosaic = "@policy.getInteractionParameters"

// pasteMosaic replaces Mosaic's expression, outside of string literals and
// comments, by acr.current. What it replaces is longer; the rest is filled with
// white space, so that errors keep their line and column.
func pasteMosaic(src string) string {
	if !strings.Contains(src, "@policy") {
		return src
	}
	var b strings.Builder
	for src != "" {
		n := skip(src)
		if m := mosaicACR.FindString(src); m != "" {
			b.WriteString(currentACR)
			b.WriteString(blank(m[len(currentACR):]))
			n = len(m)
		} else {
			b.WriteString(src[:n])
		}
		src = src[n:]
	}
	return b.String()
}

// skip is the length of the literal, comment or single byte that src begins with.
// A literal that does not end takes all: cel will say so.
func skip(src string) int {
	switch {
	case strings.HasPrefix(src, "//"):
		return until(src, 2, "\n", false)
	case src[0] == '"' || src[0] == '\'':
		return literal(src, 0, false)
	}
	// A prefix of a literal (r, b, rb) belongs to it only when no longer word ends
	// here; words are taken whole for that reason.
	word := 0
	for word < len(src) && isWord(src[word]) {
		word++
	}
	if word == 0 {
		return 1
	}
	if word < len(src) && (src[word] == '"' || src[word] == '\'') {
		return literal(src, word, strings.ContainsAny(src[:word], "rR"))
	}
	return word
}

func literal(src string, start int, raw bool) int {
	quote := src[start : start+1]
	if triple := strings.Repeat(quote, 3); strings.HasPrefix(src[start:], triple) {
		quote = triple
	}
	return until(src, start+len(quote), quote, !raw)
}

// until is where end ends, from i on, or the length of src.
func until(src string, i int, end string, escapes bool) int {
	for i < len(src) {
		switch {
		case strings.HasPrefix(src[i:], end):
			return i + len(end)
		case escapes && src[i] == '\\':
			i++
		}
		i++
	}
	return len(src)
}

func isWord(c byte) bool {
	return c == '_' || '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}

func blank(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '\n' || r == '\r' {
			return r
		}
		return ' '
	}, s)
}
