package leanjson

import (
	"strconv"
	"strings"
)

// MaxDepth is how deep objects and lists may lie in each other. The limit of the
// ABI on nested calls would end a guest that followed them much deeper.
const MaxDepth = 256

// Parser reads one document. The first fault sticks: from then on every method
// gives zero values and does nothing, and Err tells the fault. So a caller reads a
// whole object and asks once.
type Parser struct {
	doc   []byte
	at    int
	depth int
	first bool // an object or list was opened, and nothing in it was read yet
	white bool // white space was met
	fault *Fault
	spare []string // memory for texts: one allocation is dear, whatever its size
}

// Parse begins to read a document.
func Parse(document []byte) Parser { return Parser{doc: document} }

// Fault is what is wrong with a document.
type Fault struct {
	Path string // to the value, as .list[1].name; set by the readers of the values
	Text string // what is wrong
	// Syntax: the document is no JSON, and Offset is the byte where that shows.
	Syntax bool
	Offset int
	Cause  error // what a value that reads itself said
}

// Unwrap is the cause.
func (f *Fault) Unwrap() error { return f.Cause }

// Error says what is wrong, and where.
func (f *Fault) Error() string {
	text := f.Text
	if f.Path != "" {
		text = strings.TrimPrefix(f.Path, ".") + ": " + text
	}
	if f.Syntax {
		text += " at byte " + strconv.Itoa(f.Offset)
	}
	return text
}

// Err is the fault that ended the reading, or nil.
func (p *Parser) Err() error {
	if p.fault == nil {
		return nil
	}
	return p.fault
}

// Fault is the fault that ended the reading, or nil.
func (p *Parser) Fault() *Fault { return p.fault }

// Refuse ends the reading: the value that was read is none that is expected.
func (p *Parser) Refuse(text string) { p.fail(&Fault{Text: text}) }

// RefuseFor ends the reading, as Refuse does: a value that reads itself said why.
func (p *Parser) RefuseFor(cause error) { p.fail(&Fault{Text: cause.Error(), Cause: cause}) }

// Within adds to a fault, if there is one, in which member or element it lies.
func (p *Parser) Within(path string) {
	if p.fault != nil {
		p.fault.Path = path + p.fault.Path
	}
}

func (p *Parser) fail(f *Fault) {
	if p.fault == nil {
		p.fault = f
	}
	p.at, p.first = len(p.doc), false
}

func (p *Parser) syntax(text string) {
	p.fail(&Fault{Text: text, Syntax: true, Offset: p.at})
}

// End demands that nothing follows.
func (p *Parser) End() error {
	if p.peek(); p.fault == nil && p.at < len(p.doc) {
		p.syntax("something follows the document")
	}
	return p.Err()
}

// peek is the next byte that is no white space, which stays to be read, and 0 at the
// end. A zero byte is the end too: it begins no value.
func (p *Parser) peek() byte {
	if p.at < len(p.doc) && p.doc[p.at] > ' ' { // short enough to be inlined
		return p.doc[p.at]
	}
	return p.passSpace()
}

func (p *Parser) passSpace() byte {
	for p.at < len(p.doc) {
		c := p.doc[p.at]
		if c != ' ' && c != '\n' && c != '\t' && c != '\r' {
			return c
		}
		p.white = true
		p.at++
	}
	return 0
}

// expected refuses the next value, which is of another kind.
func (p *Parser) expected(what string) {
	c := p.peek()
	if kind := kindOf(c); kind != "" {
		p.Refuse(what + " is expected, found " + kind)
		return
	}
	p.unexpected(c, what+" is expected")
}

// unexpected is the fault of a byte that can't stand where it does.
func (p *Parser) unexpected(c byte, what string) {
	switch {
	case p.at >= len(p.doc):
		p.syntax("the document ends where " + what)
	default:
		p.syntax("found " + strconv.QuoteRune(rune(c)) + " where " + what)
	}
}

func kindOf(c byte) string {
	switch {
	case c == '{':
		return "an object"
	case c == '[':
		return "a list"
	case c == '"':
		return "a text"
	case c == 't' || c == 'f':
		return "a truth value"
	case c == 'n':
		return "null"
	case c == '-' || c >= '0' && c <= '9':
		return "a number"
	}
	return ""
}
