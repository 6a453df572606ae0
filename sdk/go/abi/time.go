package abi

import (
	"time"
	"unsafe"

	"github.com/acrhost/acrhost/sdk/go/leanjson"
)

// appendTime fails for a time that RFC 3339 can't write, such as the year 10000.
func appendTime(b []byte, t time.Time) ([]byte, error) {
	b, err := t.AppendText(append(b, '"'))
	return append(b, '"'), err
}

// readTime reads a time as RFC 3339 writes it; null is the zero time.
func readTime(p *leanjson.Parser) (t time.Time) {
	if p.Null() {
		return t
	}
	text := p.Text()
	if p.Fault() == nil && (!strictTime(text) || t.UnmarshalText(unsafe.Slice(unsafe.StringData(text), len(text))) != nil) {
		p.Refuse("a time such as 2026-11-23T07:00:00Z is expected")
	}
	return t
}

// strictTime refuses what package time lets pass although RFC 3339 does not: an hour
// of one digit, a comma before the fraction, and a zone of a day or more.
func strictTime(text string) bool {
	const seconds = len("2006-01-02T15:04:05")
	if len(text) <= seconds || text[13] != ':' || text[seconds] == ',' {
		return false
	}
	zone := text[len(text)-len("+07:00"):]
	return text[len(text)-1] == 'Z' || zone[1:3] < "24" && zone[4:] < "60"
}
