package leanjson

import (
	"slices"
	"unicode/utf16"
	"unicode/utf8"
)

func (p *Parser) passEscape() {
	if p.at+1 >= len(p.doc) {
		p.at = len(p.doc)
		p.unexpected(0, "an escape goes on")
		return
	}
	switch p.doc[p.at+1] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		p.at += 2
	case 'u':
		_, size := unicodeEscape(p.doc[p.at:])
		if size == 0 {
			p.syntax("half a surrogate or no four hexadecimal digits in an escape")
			return
		}
		p.at += size
	default:
		p.syntax("an unknown escape in a text")
	}
}

// unicodeEscape is the character of \uXXXX, or of the two of a surrogate pair, and
// the length of what stands for it; 0: it is none.
func unicodeEscape(b []byte) (r rune, size int) {
	r = hex4(b)
	if r < 0 || !utf16.IsSurrogate(r) {
		return r, lengthIf(r >= 0, 6)
	}
	pair := utf16.DecodeRune(r, hex4(b[6:]))
	return pair, lengthIf(pair != utf8.RuneError, 12)
}

func lengthIf(ok bool, n int) int {
	if ok {
		return n
	}
	return 0
}

// hex4 is the number of \uXXXX, or -1.
func hex4(b []byte) rune {
	if len(b) < 6 || b[0] != '\\' || b[1] != 'u' {
		return -1
	}
	var r rune
	for _, c := range b[2:6] {
		switch {
		case c >= '0' && c <= '9':
			c -= '0'
		case c >= 'a' && c <= 'f':
			c -= 'a' - 10
		case c >= 'A' && c <= 'F':
			c -= 'A' - 10
		default:
			return -1
		}
		r = r<<4 | rune(c)
	}
	return r
}

func hasEscape(b []byte) bool { return slices.Contains(b, '\\') }

// unescape is a text whose escapes were checked.
func unescape(b []byte) string {
	out := make([]byte, 0, len(b))
	for i := 0; i < len(b); {
		if b[i] != '\\' {
			out = append(out, b[i])
			i++
			continue
		}
		if b[i+1] == 'u' {
			r, size := unicodeEscape(b[i:])
			out = utf8.AppendRune(out, r)
			i += size
			continue
		}
		out = append(out, short(b[i+1]))
		i += 2
	}
	return share(out)
}

// short is the character of an escape of one letter.
func short(c byte) byte {
	switch c {
	case 'b':
		return '\b'
	case 'f':
		return '\f'
	case 'n':
		return '\n'
	case 'r':
		return '\r'
	case 't':
		return '\t'
	}
	return c
}
