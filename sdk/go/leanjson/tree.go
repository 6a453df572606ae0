package leanjson

import (
	"encoding/json"
	"strconv"
)

// Any reads a value as encoding/json reads it into an any: nil, bool, float64,
// string, []any and map[string]any.
func (p *Parser) Any() any {
	switch c := p.peek(); c {
	case '"':
		return p.text()
	case '{':
		return p.Map()
	case '[':
		return p.Anys()
	case 't', 'f':
		return p.Bool()
	case 'n':
		p.Null()
		return nil
	default:
		if c != '-' && (c < '0' || c > '9') {
			p.unexpected(c, "a value is expected")
			return nil
		}
		return p.Float(64)
	}
}

// Map reads an object of any values; null is nil.
func (p *Parser) Map() map[string]any { return Table(p, (*Parser).Any) }

// TextMap reads an object of texts; null is nil.
func (p *Parser) TextMap() map[string]string { return Table(p, (*Parser).Text) }

// RawMap reads an object of raw values; null is nil.
func (p *Parser) RawMap() map[string]json.RawMessage {
	return Table(p, func(p *Parser) json.RawMessage { return p.Raw() })
}

// Anys reads a list of any values; null is nil.
func (p *Parser) Anys() []any { return Elements(p, (*Parser).Any) }

// Texts reads a list of texts; null is nil.
func (p *Parser) Texts() []string {
	if !p.List() {
		return nil
	}
	spare := p.spare[:0]
	n := 0
	for ; p.Element(); n++ {
		if cap(spare) == 0 {
			spare = make([]string, 0, spareTexts)
		}
		spare = append(spare, p.Text())
		p.WithinElement(n)
	}
	if n == 0 {
		return []string{}
	}
	p.spare = spare[n:cap(spare)]
	return spare[:n:n]
}

// spareTexts is for how many texts memory is got at once.
const spareTexts = 24

// Optional reads a text; null is nil.
func (p *Parser) Optional() *string {
	if p.Null() {
		return nil
	}
	if len(p.spare) == 0 {
		p.spare = make([]string, spareTexts)
	}
	text := &p.spare[0]
	p.spare = p.spare[1:]
	*text = p.Text()
	return text
}

// Table reads an object whose values are read by a function; null is nil. A name
// that comes twice is a fault.
func Table[V any](p *Parser, value func(*Parser) V) map[string]V {
	if !p.Object() {
		return nil
	}
	m := map[string]V{}
	for name, ok := p.Member(); ok; name, ok = p.Member() {
		before := len(m)
		if m[name] = value(p); len(m) == before {
			p.twice(name)
		} else if p.fault != nil {
			p.Within("." + name)
		}
	}
	return m
}

// Elements reads a list whose elements are read by a function; null is nil.
func Elements[E any](p *Parser, element func(*Parser) E) []E {
	if !p.List() {
		return nil
	}
	list := []E{}
	for p.Element() {
		if cap(list) == 0 {
			list = make([]E, 0, 4)
		}
		list = append(list, element(p))
		p.WithinElement(len(list) - 1)
	}
	return list
}

// WithinElement adds to a fault, if there is one, in which element of a list it lies.
func (p *Parser) WithinElement(number int) {
	if p.fault != nil {
		p.Within("[" + strconv.Itoa(number) + "]")
	}
}

// Count passes over a list and counts its elements.
func (p *Parser) Count() int {
	n := 0
	if p.List() {
		for ; p.Element(); n++ {
			p.Skip()
		}
	}
	return n
}
