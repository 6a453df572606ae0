package leanjson

// Raw checks the next value and gives its bytes. What is in it is checked as JSON;
// whether its objects repeat a name is for whoever reads it.
func (p *Parser) Raw() []byte {
	p.peek()
	begin := p.at
	p.Skip()
	if p.fault != nil {
		return nil
	}
	return p.doc[begin:p.at:p.at]
}

// Skip checks the next value and goes on behind it. It does not call itself: a
// guest has few calls to nest.
func (p *Parser) Skip() {
	outer := p.depth
	var lists [MaxDepth/64 + 1]uint64 // by depth, whether it is a list
	for {
		p.skipOne(&lists)
		for p.depth > outer && !p.next(lists[p.depth/64]>>(p.depth%64)&1 != 0) {
			if p.fault != nil {
				return
			}
		}
		if p.depth <= outer || p.fault != nil {
			return
		}
	}
}

// next goes to the next value of the object or list that is open.
func (p *Parser) next(list bool) bool {
	if list {
		return p.more(']')
	}
	if !p.more('}') {
		return false
	}
	if c := p.peek(); c != '"' {
		p.unexpected(c, "a name is expected")
		return false
	}
	p.at++
	if !p.passText() {
		return false
	}
	if c := p.peek(); c != ':' {
		p.unexpected(c, "a colon is expected")
		return false
	}
	p.at++
	return true
}

// skipOne goes behind a value that holds no other, or opens one that does.
func (p *Parser) skipOne(lists *[MaxDepth/64 + 1]uint64) {
	switch c := p.peek(); {
	case c == '"':
		p.at++
		p.passText()
	case c == '{':
		if p.Object() {
			lists[p.depth/64] &^= 1 << (p.depth % 64)
		}
	case c == '[':
		if p.List() {
			lists[p.depth/64] |= 1 << (p.depth % 64)
		}
	case c == 't':
		p.literal("true")
	case c == 'f':
		p.literal("false")
	case c == 'n':
		p.literal("null")
	case c == '-' || c >= '0' && c <= '9':
		p.passNumber()
	default:
		p.unexpected(c, "a value is expected")
	}
}
