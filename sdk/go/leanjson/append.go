package leanjson

import (
	"errors"
	"math"
	"strconv"
	"unicode/utf8"
	"unsafe"
)

// AppendText appends a text. What is no UTF-8 becomes U+FFFD.
func AppendText(b []byte, s string) []byte {
	b = append(b, '"')
	done, bytes := 0, unsafe.Slice(unsafe.StringData(s), len(s))
	for i := plainEnd(bytes, 0); i < len(s); i = plainEnd(bytes, i) {
		size, escape := escaped(s[i:])
		if escape != "" {
			b = append(append(b, s[done:i]...), escape...)
			done = i + size
		}
		i += size
	}
	return append(append(b, s[done:]...), '"')
}

const hex = "0123456789abcdef"

// escaped is the length of the first character and what is written for it; empty:
// the character itself.
func escaped(s string) (size int, escape string) {
	switch c := s[0]; c {
	case '"', '\\':
		return 1, `\` + s[:1]
	case '\b':
		return 1, `\b`
	case '\f':
		return 1, `\f`
	case '\n':
		return 1, `\n`
	case '\r':
		return 1, `\r`
	case '\t':
		return 1, `\t`
	default:
		if c < ' ' {
			return 1, `\u00` + hex[c>>4:c>>4+1] + hex[c&15:c&15+1]
		}
	}
	r, size := utf8.DecodeRuneInString(s)
	switch {
	case r == utf8.RuneError && size == 1:
		return 1, `\ufffd`
	case r == '\u2028':
		return size, `\u2028`
	case r == '\u2029':
		return size, `\u2029`
	}
	return size, ""
}

// AppendBool appends a truth value.
func AppendBool(b []byte, v bool) []byte {
	if v {
		return append(b, "true"...)
	}
	return append(b, "false"...)
}

// AppendInt appends a whole number.
func AppendInt(b []byte, n int64) []byte { return strconv.AppendInt(b, n, 10) }

// AppendFloat appends a number, which must be finite.
func AppendFloat(b []byte, f float64) ([]byte, error) {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return b, errors.New("JSON has no number " + strconv.FormatFloat(f, 'g', -1, 64))
	}
	if size := math.Abs(f); size != 0 && (size < 1e-6 || size >= 1e21) {
		b = strconv.AppendFloat(b, f, 'e', -1, 64)
		if n := len(b); n >= 4 && b[n-4] == 'e' && b[n-3] == '-' && b[n-2] == '0' {
			b = append(b[:n-2], b[n-1]) // e-09 is e-9
		}
		return b, nil
	}
	return strconv.AppendFloat(b, f, 'f', -1, 64), nil
}

// AppendTexts appends a list of texts; nil is null.
func AppendTexts(b []byte, list []string) []byte {
	if list == nil {
		return append(b, "null"...)
	}
	b = append(b, '[')
	for i, s := range list {
		if i > 0 {
			b = append(b, ',')
		}
		b = AppendText(b, s)
	}
	return append(b, ']')
}

// AppendRaw appends a raw value without its white space; nil is null. What is no
// JSON is an error.
func AppendRaw(b, raw []byte) ([]byte, error) {
	if raw == nil {
		return append(b, "null"...), nil
	}
	p := Parse(raw)
	p.Skip()
	if err := p.End(); err != nil {
		return b, err
	}
	if !p.white {
		return append(b, raw...), nil
	}
	return appendCompact(b, raw), nil
}

// appendCompact leaves out the white space of valid JSON.
func appendCompact(b, raw []byte) []byte {
	text := false
	for i := 0; i < len(raw); i++ {
		c := raw[i]
		switch {
		case text && c == '\\':
			b = append(b, c)
			i++
			c = raw[i]
		case c == '"':
			text = !text
		case !text && c <= ' ':
			continue
		}
		b = append(b, c)
	}
	return b
}
