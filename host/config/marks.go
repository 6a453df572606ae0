package config

import (
	"strings"

	"github.com/BurntSushi/toml"
)

// mark is where a value begins in its file, and where its members do: the shadow
// of a parsed document. The TOML library gives no positions once a document is
// parsed, and a fault without a line is of little use.
type mark struct {
	line  int
	keys  map[string]*mark // of a table
	items []*mark          // of an array
}

// child is the member with that name, begun at that line unless it is there.
func (m *mark) child(name string, line int) *mark {
	if c, ok := m.keys[name]; ok {
		return c
	}
	c := &mark{line: line}
	m.put(name, c)
	return c
}

func (m *mark) put(name string, c *mark) {
	if m.keys == nil {
		m.keys = map[string]*mark{}
	}
	m.keys[name] = c
}

// latest is the table that a name stands for in a header: of an array of tables
// its last element.
func (m *mark) latest() *mark {
	if n := len(m.items); n > 0 {
		return m.items[n-1]
	}
	return m
}

// scanner walks over a document that the TOML library has accepted. It checks
// nothing: of a document that is not TOML it gives marks that mean nothing, but it
// ends.
type scanner struct {
	src  string
	at   int // byte offset
	line int // from 1
}

// scan marks a whole document.
func scan(src string) *mark {
	s := &scanner{src: withoutBOM(src), line: 1}
	root := &mark{line: 1}
	table := root
	for s.skipBlank(); s.at < len(s.src); s.skipBlank() {
		from := s.at
		if s.src[s.at] == '[' {
			table = s.header(root)
		} else {
			s.pair(table)
		}
		s.moveOn(from)
	}
	return root
}

// withoutBOM drops the byte order marks that the TOML library drops.
func withoutBOM(src string) string {
	for _, bom := range []string{"\xff\xfe", "\xfe\xff", "\xef\xbb\xbf"} {
		if rest, ok := strings.CutPrefix(src, bom); ok {
			return rest
		}
	}
	return src
}

// header reads [a.b] or [[a.b]] and gives the table that it opens.
func (s *scanner) header(root *mark) *mark {
	line, array := s.line, strings.HasPrefix(s.src[s.at:], "[[")
	s.at++
	if array {
		s.at++
	}
	path := s.key()
	s.skipByte(']')
	if array {
		s.skipByte(']')
	}
	m := root
	for _, name := range path[:len(path)-1] {
		m = m.child(name, line).latest()
	}
	m = m.child(path[len(path)-1], line)
	if !array {
		m.line = line // [a.b] may have made a before [a] does
		return m
	}
	m.items = append(m.items, &mark{line: line})
	return m.latest()
}

// pair reads key = value into a table.
func (s *scanner) pair(table *mark) {
	line := s.line
	path := s.key()
	s.skipByte('=')
	m := table
	for _, name := range path[:len(path)-1] {
		m = m.child(name, line)
	}
	s.skipSpace()
	m.put(path[len(path)-1], s.value(line))
}

// value reads any value. Its line is its key's, or its own in an array.
func (s *scanner) value(line int) *mark {
	m := &mark{line: line}
	switch s.peek() {
	case '"', '\'':
		s.text()
	case '[':
		s.elements(']', func() { m.items = append(m.items, s.value(s.line)) })
	case '{':
		s.elements('}', func() { s.pair(m) })
	default:
		for s.at < len(s.src) && !strings.ContainsRune(",]}#\r\n", rune(s.src[s.at])) {
			s.at++
		}
	}
	return m
}

// elements reads what stands between an opening bracket and its closing one,
// parted by commas.
func (s *scanner) elements(closing byte, one func()) {
	s.at++
	for s.skipBlank(); s.at < len(s.src) && s.peek() != closing; s.skipBlank() {
		from := s.at
		one()
		s.skipBlank()
		s.skipByte(',')
		s.moveOn(from)
	}
	s.skipByte(closing)
}

// key reads a dotted key: at least one name, which may be empty.
func (s *scanner) key() []string {
	var path []string
	for {
		s.skipSpace()
		path = append(path, s.name())
		s.skipSpace()
		if s.peek() != '.' {
			return path
		}
		s.at++
	}
}

// name reads one part of a key.
func (s *scanner) name() string {
	from := s.at
	if c := s.peek(); c == '"' || c == '\'' {
		s.text()
		return unquote(s.src[from:s.at])
	}
	for s.at < len(s.src) && !strings.ContainsRune(" \t\r\n.=[]{},#\"'", rune(s.src[s.at])) {
		s.at++
	}
	return s.src[from:s.at]
}

// unquote lets the TOML library read a quoted name, so that the two can't differ.
func unquote(raw string) string {
	var v struct{ V string }
	if _, err := toml.Decode("V = "+raw, &v); err != nil {
		return raw
	}
	return v.V
}

// text reads a string of any of the four kinds.
func (s *scanner) text() {
	quote := s.src[s.at : s.at+1]
	escapes := quote == `"`
	long := strings.Repeat(quote, 3)
	if !strings.HasPrefix(s.src[s.at:], long) {
		s.at++
		s.until(quote, escapes)
		return
	}
	s.at += len(long)
	s.until(long, escapes)
	for range 2 { // up to two quotes may stand before the closing three
		s.skipByte(quote[0])
	}
}

// until moves behind the next closing quote.
func (s *scanner) until(closing string, escapes bool) {
	for s.at < len(s.src) {
		switch c := s.src[s.at]; {
		case escapes && c == '\\' && s.at+1 < len(s.src) && s.src[s.at+1] != '\n':
			s.at += 2
		case strings.HasPrefix(s.src[s.at:], closing):
			s.at += len(closing)
			return
		default:
			s.step()
		}
	}
}

// skipBlank moves over white space, line ends and comments.
func (s *scanner) skipBlank() {
	for s.at < len(s.src) {
		switch s.src[s.at] {
		case ' ', '\t', '\r', '\n':
			s.step()
		case '#':
			for s.at < len(s.src) && s.src[s.at] != '\n' {
				s.at++
			}
		default:
			return
		}
	}
}

func (s *scanner) skipSpace() {
	for s.peek() == ' ' || s.peek() == '\t' {
		s.at++
	}
}

func (s *scanner) skipByte(c byte) {
	if s.peek() == c {
		s.at++
	}
}

// peek is the next byte, 0 at the end.
func (s *scanner) peek() byte {
	if s.at >= len(s.src) {
		return 0
	}
	return s.src[s.at]
}

// step moves one byte on and counts lines.
func (s *scanner) step() {
	if s.src[s.at] == '\n' {
		s.line++
	}
	s.at++
}

// moveOn makes sure that every loop ends, whatever the document holds.
func (s *scanner) moveOn(from int) {
	if s.at == from && s.at < len(s.src) {
		s.step()
	}
}
