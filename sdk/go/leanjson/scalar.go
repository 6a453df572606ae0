package leanjson

import "strconv"

// Null reads null, if that is what comes next.
func (p *Parser) Null() bool { return p.peek() == 'n' && p.literal("null") }

// IsNull says whether null comes next, and does not read it.
func (p *Parser) IsNull() bool { return p.peek() == 'n' }

// Bool reads a truth value; null is false.
func (p *Parser) Bool() bool {
	switch p.peek() {
	case 't':
		return p.literal("true")
	case 'f':
		p.literal("false")
		return false
	case 'n':
		if p.Null() {
			return false
		}
	}
	p.expected("a truth value")
	return false
}

// literal reads a word, of which the first letter stands there.
func (p *Parser) literal(word string) bool {
	end := p.at + len(word)
	if end > len(p.doc) || string(p.doc[p.at:end]) != word {
		p.syntax("no value begins so")
		return false
	}
	p.at = end
	return true
}

// Int reads a whole number of so many bits, written without a fraction and an
// exponent; null is 0.
func (p *Parser) Int(size int) int64 {
	if p.peek() == 'n' && p.Null() {
		return 0
	}
	text := p.number("a whole number")
	if text == "" {
		return 0
	}
	if c := text[0]; len(text) == 1 && c != '-' {
		return int64(c - '0')
	}
	n, err := strconv.ParseInt(text, 10, size)
	if err != nil {
		p.Refuse("a whole number of " + strconv.Itoa(size) + " bits is expected, found " + text)
	}
	return n
}

// Float reads a number; null is 0.
func (p *Parser) Float(size int) float64 {
	if p.peek() == 'n' && p.Null() {
		return 0
	}
	text := p.number("a number")
	if text == "" {
		return 0
	}
	if c := text[0]; len(text) == 1 && c != '-' {
		return float64(c - '0')
	}
	f, err := strconv.ParseFloat(text, size)
	if err != nil {
		p.Refuse("the number " + text + " is too large")
	}
	return f
}

// number reads the text of a number.
func (p *Parser) number(what string) string {
	if c := p.peek(); c != '-' && (c < '0' || c > '9') {
		p.expected(what)
		return ""
	}
	begin := p.at
	if !p.passNumber() {
		return ""
	}
	return share(p.doc[begin:p.at])
}

// passNumber goes behind the number that begins here.
func (p *Parser) passNumber() bool {
	if p.doc[p.at] == '-' {
		p.at++
	}
	if p.at < len(p.doc) && p.doc[p.at] == '0' {
		p.at++
	} else if !p.digits() {
		return false
	}
	if p.at < len(p.doc) && p.doc[p.at] == '.' {
		p.at++
		if !p.digits() {
			return false
		}
	}
	if p.at < len(p.doc) && (p.doc[p.at] == 'e' || p.doc[p.at] == 'E') {
		p.at++
		if p.at < len(p.doc) && (p.doc[p.at] == '+' || p.doc[p.at] == '-') {
			p.at++
		}
		return p.digits()
	}
	return true
}

// digits passes at least one.
func (p *Parser) digits() bool {
	begin := p.at
	for p.at < len(p.doc) && p.doc[p.at] >= '0' && p.doc[p.at] <= '9' {
		p.at++
	}
	if p.at == begin {
		p.syntax("a digit is expected")
		return false
	}
	return true
}
