package config

import (
	"errors"
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/BurntSushi/toml"

	"github.com/acrhost/acrhost/host/journey"
)

// node is a value of a configuration and where it stands.
type node struct {
	pos   journey.Pos
	value any // map[string]*node, []*node, string, int64, float64, bool or time.Time
}

// parse reads one file into nodes. A document that is not TOML is one fault: what
// follows a syntax error means nothing.
func parse(file string, data []byte) (*node, *journey.Fault) {
	var doc map[string]any
	if _, err := toml.Decode(string(data), &doc); err != nil {
		f := syntaxFault(file, data, err)
		return nil, &f
	}
	return build(file, doc, scan(string(data)), 1), nil
}

// syntaxFault says what the TOML library found, at a line that the file has.
func syntaxFault(file string, data []byte, err error) journey.Fault {
	f := journey.Fault{Pos: journey.Pos{File: file, Line: 1}, Message: "not TOML: " + oneLine(err.Error())}
	if p, ok := errors.AsType[toml.ParseError](err); ok {
		last := strings.Count(string(data), "\n") + 1
		f.Pos.Line = min(max(p.Position.Line, 1), last)
		f.Message = "not TOML: " + oneLine(p.Message)
		if isSecret(p.LastKey) {
			f.Message, f.Hint = "not TOML: the value of "+p.LastKey+" can't be read", "a string stands in quotes"
		}
	}
	return f
}

// isSecret says whether a key holds a secret: the library's message may quote it.
func isSecret(key string) bool {
	for _, name := range []string{"secret", "password", "bearer", "dsn"} {
		if key == name || strings.HasSuffix(key, "."+name) {
			return true
		}
	}
	return false
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// build joins what was decoded with where it stands. A value without a mark is
// given the line of what holds it.
func build(file string, v any, m *mark, line int) *node {
	if m != nil {
		line = m.line
	} else {
		m = &mark{}
	}
	n := &node{pos: journey.Pos{File: file, Line: line}, value: v}
	switch v := v.(type) {
	case map[string]any:
		table := make(map[string]*node, len(v))
		for k, e := range v {
			table[k] = build(file, e, m.keys[k], line)
		}
		n.value = table
	case []map[string]any:
		list := make([]*node, len(v))
		for i, e := range v {
			list[i] = build(file, e, m.item(i), line)
		}
		n.value = list
	case []any:
		list := make([]*node, len(v))
		for i, e := range v {
			list[i] = build(file, e, m.item(i), line)
		}
		n.value = list
	}
	return n
}

func (m *mark) item(i int) *mark {
	if i < len(m.items) {
		return m.items[i]
	}
	return nil
}

// kind names what a value is, for messages.
func (n *node) kind() string {
	switch n.value.(type) {
	case map[string]*node:
		return "a table"
	case []*node:
		return "a list"
	case string:
		return "a string"
	case int64, float64:
		return "a number"
	case bool:
		return "true or false"
	case time.Time:
		return "a date"
	}
	return "something else"
}

// plain is the value as JSON has it: map[string]any, []any, string, int64,
// float64 or bool. What JSON does not have is a fault.
func (n *node) plain(r *reader) any {
	switch v := n.value.(type) {
	case map[string]*node:
		m := make(map[string]any, len(v))
		for k, e := range v {
			m[k] = e.plain(r)
		}
		return m
	case []*node:
		list := make([]any, len(v))
		for i, e := range v {
			list[i] = e.plain(r)
		}
		return list
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			r.fault(n.pos, "JSON has no such number", "%v has no place here", v)
			return 0.0
		}
	case time.Time:
		r.fault(n.pos, "JSON has no dates, put it in quotes", "a date has no place here")
		return ""
	}
	return n.value
}

// join lays a table over another: tables are merged, lists of tables appended. A
// plugin, a journey, a level and every other value must stand in one place only.
func (r *reader) join(into, from *node, path []string) {
	table, more := into.value.(map[string]*node), from.value.(map[string]*node)
	for _, k := range sortedKeys(more) {
		old, ok := table[k]
		at := append(slices.Clip(path), k)
		switch {
		case !ok:
			table[k] = more[k]
		case bothTables(old, more[k]) && !isUnit(at):
			r.join(old, more[k], at)
		case bothLists(old, more[k]) && isAppended(at):
			old.value = append(old.value.([]*node), more[k].value.([]*node)...)
		default:
			r.fault(more[k].pos, "remove one of the two", "%s is defined here and at %s", toml.Key(at), old.pos)
		}
	}
}

// isUnit says whether a table is one thing with a name, which two files can't share.
func isUnit(path []string) bool {
	switch path[0] {
	case "plugins", "journeys":
		return len(path) == 2
	case "acr":
		return len(path) == 3 // acr.levels.NAME
	}
	return false
}

func isAppended(path []string) bool {
	switch strings.Join(path, ".") {
	case "clients", "demo.users":
		return true
	}
	return false
}

func bothTables(a, b *node) bool {
	_, x := a.value.(map[string]*node)
	_, y := b.value.(map[string]*node)
	return x && y
}

func bothLists(a, b *node) bool {
	_, x := a.value.([]*node)
	_, y := b.value.([]*node)
	return x && y
}

// beside is a path as seen from the folder of the file that names it.
func (n *node) beside(path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(filepath.Dir(n.pos.File), path)
}

// quoted shows a value of the configuration in a message, cut when it is long.
func quoted(s string) string {
	const most = 60
	if len(s) > most {
		s = strings.ToValidUTF8(s[:most], "") + "…"
	}
	return fmt.Sprintf("%q", s)
}

// mark notes where a value and all that it holds stand, under dotted paths in
// which list elements have their number.
func (n *node) mark(path string, at map[string]journey.Pos) {
	at[path] = n.pos
	switch v := n.value.(type) {
	case map[string]*node:
		for k, e := range v {
			e.mark(path+"."+k, at)
		}
	case []*node:
		for i, e := range v {
			e.mark(path+"."+strconv.Itoa(i), at)
		}
	}
}
