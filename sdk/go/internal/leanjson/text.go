package leanjson

import (
	"encoding/binary"
	"math/bits"
	"unicode/utf16"
	"unicode/utf8"
	"unsafe"
)

// Text reads a text; null is the empty one.
func (p *Parser) Text() string {
	switch p.peek() {
	case '"':
		return p.text()
	case 'n':
		if p.Null() {
			return ""
		}
	}
	p.expected("a text")
	return ""
}

// text reads the text that begins here.
func (p *Parser) text() string {
	p.at++
	begin := p.at
	p.at = plainEnd(p.doc, begin)
	if p.at < len(p.doc) && p.doc[p.at] == '"' {
		p.at++
		return share(p.doc[begin : p.at-1])
	}
	if !p.passText() {
		return ""
	}
	body := p.doc[begin : p.at-1]
	if !hasEscape(body) {
		return share(body)
	}
	return unescape(body)
}

// share is the bytes as a text, without a copy.
func share(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

// special marks, by its highest bit, the first of eight bytes that is a quote, a
// backslash, a control character or no ASCII; later marks may be wrong.
func special(eight uint64) uint64 {
	const ones, highs = 0x0101010101010101, 0x8080808080808080
	quote, backslash := eight^(ones*'"'), eight^(ones*'\\')
	return (eight | (eight - ones*' ') | (quote - ones) | (backslash - ones)) & highs
}

// plainEnd is where, from i on, the first byte is that is special.
func plainEnd(b []byte, i int) int {
	for ; i+8 <= len(b); i += 8 {
		if marks := special(binary.LittleEndian.Uint64(b[i:])); marks != 0 {
			return i + bits.TrailingZeros64(marks)/8
		}
	}
	for i < len(b) && b[i] >= ' ' && b[i] != '"' && b[i] != '\\' && b[i] < utf8.RuneSelf {
		i++
	}
	return i
}

// passText goes behind the text's closing quote, from anywhere in it, and checks
// what it passes.
func (p *Parser) passText() bool {
	for {
		p.at = plainEnd(p.doc, p.at)
		if p.at >= len(p.doc) {
			p.unexpected(0, "a text goes on")
			return false
		}
		switch c := p.doc[p.at]; {
		case c == '"':
			p.at++
			return true
		case c == '\\':
			p.passEscape()
		case c < ' ':
			p.syntax("a control character in a text")
		default:
			r, size := utf8.DecodeRune(p.doc[p.at:])
			if r == utf8.RuneError && size == 1 {
				p.syntax("invalid UTF-8")
			} else {
				p.at += size
			}
		}
		if p.fault != nil {
			return false
		}
	}
}

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

func hasEscape(b []byte) bool {
	for _, c := range b {
		if c == '\\' {
			return true
		}
	}
	return false
}

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
