package leanjson

// Object begins to read an object, if the next value is one. False: it is null,
// which is read, or something else, which is a fault.
func (p *Parser) Object() bool { return p.open('{', "an object") }

// List begins to read a list, as Object does an object.
func (p *Parser) List() bool { return p.open('[', "a list") }

func (p *Parser) open(bracket byte, what string) bool {
	if c := p.peek(); c != bracket {
		if c != 'n' || !p.literal("null") {
			p.expected(what)
		}
		return false
	}
	if p.depth == MaxDepth {
		p.Refuse("it is nested too deep")
		return false
	}
	p.depth++
	p.at++
	p.first = true
	return true
}

// Member says whether the object has one more member, of which it reads the name.
// Its value must be read next.
func (p *Parser) Member() (name string, ok bool) {
	if !p.more('}') {
		return "", false
	}
	if c := p.peek(); c != '"' {
		p.unexpected(c, "a name is expected")
		return "", false
	}
	name = p.text()
	if p.at < len(p.doc) && p.doc[p.at] == ':' {
		p.at++
		return name, true
	}
	if c := p.peek(); c != ':' {
		p.unexpected(c, "a colon is expected")
		return "", false
	}
	p.at++
	return name, p.fault == nil
}

// Element says whether the list has one more element, which must be read next.
func (p *Parser) Element() bool { return p.more(']') }

func (p *Parser) more(end byte) bool {
	c := p.peek()
	if c == end {
		p.at++
		p.depth--
		p.first = false
		return false
	}
	if p.first {
		p.first = false
		return p.fault == nil
	}
	if c != ',' {
		p.unexpected(c, "a comma or the end of the object or list is expected")
		return false
	}
	p.at++
	return p.fault == nil
}

// MaxFields is how many names an object can have that is read by them.
const MaxFields = 256

// Fields reads an object whose names are known, at most MaxFields of them. It is quickest
// when they come in their own order.
type Fields struct {
	names  []string
	seen   [MaxFields / 64]uint64
	last   int // the member that is being read
	strict bool
	null   bool
}

// Open begins to read such an object. Null is one without members. Members of
// other names are passed over or, where strict, a fault.
func (p *Parser) Open(names []string, strict bool) Fields {
	return Fields{names: names, last: -1, strict: strict, null: !p.Object()}
}

// Next is the number of the next member, whose value must be read next, or -1 when
// there is none. A name that comes twice is a fault.
//
// Most documents come from a host that writes the names in order and no white space:
// that the next name stands there to the byte is seen at once.
func (f *Fields) Next(p *Parser) int {
	next, i, doc := f.last+1, p.at, p.doc
	if uint(next) >= uint(len(f.names)) || f.Seen(next) {
		return f.search(p)
	}
	if !p.first {
		if uint(i) >= uint(len(doc)) || doc[i] != ',' {
			return f.search(p)
		}
		i++
	}
	name := f.names[next]
	end := i + len(`"":`) + len(name)
	if end > len(doc) || doc[end-1] != ':' || doc[i] != '"' || doc[end-2] != '"' || string(doc[i+1:end-2]) != name {
		return f.search(p)
	}
	p.at, p.first = end, false
	f.note(next)
	return next
}

// search is Next for a name that does not come in order.
func (f *Fields) search(p *Parser) int {
	for {
		if p.fault != nil || f.null {
			f.fail(p)
			return -1
		}
		name, ok := p.Member()
		if !ok {
			return -1
		}
		if i := f.find(name); i >= 0 {
			if f.Seen(i) {
				p.twice(name)
				return -1
			}
			f.note(i)
			return i
		}
		if f.strict {
			p.Refuse("unknown field " + quoted(name))
			return -1
		}
		f.last = -1
		p.Skip()
	}
}

// Seen says whether the member with a number was there.
func (f *Fields) Seen(number int) bool {
	n := uint(number) % MaxFields
	return f.seen[n/64]>>(n%64)&1 != 0
}

func (f *Fields) note(number int) {
	n := uint(number) % MaxFields
	f.seen[n/64] |= 1 << (n % 64)
	f.last = number
}

// fail adds the member's name to a fault in its value.
func (f *Fields) fail(p *Parser) {
	if f.last >= 0 {
		p.Within("." + f.names[f.last])
	}
}

func (f *Fields) find(name string) int {
	if next := f.last + 1; next < len(f.names) && f.names[next] == name {
		return next
	}
	for i, n := range f.names {
		if n == name {
			return i
		}
	}
	return -1
}

func (p *Parser) twice(name string) { p.Refuse("the name " + quoted(name) + " comes twice") }

func quoted(s string) string { return string(AppendText(nil, s)) }
