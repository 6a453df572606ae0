package rewrite

import (
	"fmt"
	"unicode/utf8"
)

// reader reads the binary format. The first fault sticks: after it, every read
// gives zero, so a caller may check once at the end of a construct.
type reader struct {
	b   []byte
	pos int
	err error
}

func (r *reader) fail(format string, args ...any) {
	if r.err == nil {
		r.err = fmt.Errorf(format, args...)
	}
}

func (r *reader) more() bool { return r.err == nil && r.pos < len(r.b) }

func (r *reader) byte() byte {
	if !r.more() {
		r.fail("unexpected end")
		return 0
	}
	b := r.b[r.pos]
	r.pos++
	return b
}

// bytes gives the next n bytes, not copied.
func (r *reader) bytes(n uint32) []byte {
	if r.err != nil || uint64(n) > uint64(len(r.b)-r.pos) {
		r.fail("unexpected end")
		return nil
	}
	b := r.b[r.pos : r.pos+int(n) : r.pos+int(n)]
	r.pos += int(n)
	return b
}

// u32 reads an unsigned LEB128. Core specification 5.2.2: at most ceil(N/7)
// bytes, unused bits zero.
func (r *reader) u32() uint32 {
	var v uint32
	for shift := 0; ; shift += 7 {
		b := r.byte()
		if shift == 28 && b > 0x0f {
			r.fail("integer too large")
			return 0
		}
		v |= uint32(b&0x7f) << shift
		if b&0x80 == 0 {
			return v
		}
	}
}

// signed reads a signed LEB128 of n bits. The unused bits of the last byte must
// equal the sign.
func (r *reader) signed(n int) int64 {
	var v int64
	for shift := 0; ; shift += 7 {
		b := r.byte()
		v |= int64(b&0x7f) << shift
		if left := n - shift; left <= 7 {
			top := int8(b<<1) >> left // the sign and everything above it
			if b&0x80 != 0 || (top != 0 && top != -1) {
				r.fail("integer too large")
				return 0
			}
		}
		if b&0x80 == 0 {
			if s := shift + 7; s < 64 {
				v = v << (64 - s) >> (64 - s)
			}
			return v
		}
	}
}

// name reads a UTF-8 name.
func (r *reader) name() string {
	s := string(r.bytes(r.u32()))
	if !utf8.ValidString(s) {
		r.fail("a name is not UTF-8")
		return ""
	}
	return s
}

// vector reads a count and calls item for each element, until one fails. Every
// element takes a byte at least, so a count past the end fails before any work.
func (r *reader) vector(item func()) {
	n := r.u32()
	if r.err == nil && uint64(n) > uint64(len(r.b)-r.pos) {
		r.fail("a list of %d elements is longer than its section", n)
	}
	for range n {
		if r.err != nil {
			return
		}
		item()
	}
}

// index reads an index that must be below n.
func (r *reader) index(kind string, n int) uint32 {
	i := r.u32()
	if r.err == nil && uint64(i) >= uint64(n) {
		r.fail("%s %d does not exist", kind, i)
		return 0
	}
	return i
}

// done fails when something is left over.
func (r *reader) done() {
	if r.more() {
		r.fail("%d bytes too many", len(r.b)-r.pos)
	}
}
