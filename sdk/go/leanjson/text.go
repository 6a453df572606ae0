package leanjson

import (
	"encoding/binary"
	"math/bits"
	"unicode/utf8"
	"unsafe"
)

// Text reads a text; null is the empty one.
func (p *Parser) Text() string {
	doc, i := p.doc, p.at
	if i >= len(doc) || doc[i] != '"' {
		return p.unusualText()
	}
	// Most texts are plain, and each call of a function would cost as much as eight
	// bytes of them.
	i++
	for ; i+8 <= len(doc); i += 8 {
		if marks := special(binary.LittleEndian.Uint64(doc[i:])); marks != 0 {
			i += bits.TrailingZeros64(marks) / 8
			break
		}
	}
	if i >= len(doc) || doc[i] != '"' {
		return p.text()
	}
	begin := p.at + 1
	p.at = i + 1
	return share(doc[begin:i])
}

// unusualText is a text behind white space, null, or a fault.
func (p *Parser) unusualText() string {
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
