package config

import (
	"maps"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"

	"github.com/acrhost/acrhost/host/journey"
	"github.com/acrhost/acrhost/host/journey/nearest"
)

// table reads one table of a configuration, member by member. Each member that is
// asked for is known; what is left when close is called is a fault. A member that
// is absent leaves its destination alone, so that defaults are set beforehand.
type table struct {
	r     *reader
	node  *node
	name  string // as an operator would write it: [store]
	known []string
}

func (r *reader) table(n *node, name string) *table { return &table{r: r, node: n, name: name} }

func (t *table) members() map[string]*node { return t.node.value.(map[string]*node) }

// take is a member, or nil when it is absent. It is known from now on.
func (t *table) take(key string) *node {
	t.known = append(t.known, key)
	return t.members()[key]
}

// pos is where a member stands, or the table when it is absent.
func (t *table) pos(key string) journey.Pos {
	if n, ok := t.members()[key]; ok {
		return n.pos
	}
	return t.node.pos
}

// has says whether a member is present, of whatever type.
func (t *table) has(key string) bool {
	_, ok := t.members()[key]
	return ok
}

// close reports every member that nobody asked for.
func (t *table) close() {
	for _, k := range sortedKeys(t.members()) {
		if !slices.Contains(t.known, k) {
			t.r.fault(t.members()[k].pos, t.unknownHint(k), "unknown key %s in %s", quoted(k), t.name)
		}
	}
}

func (t *table) unknownHint(key string) string {
	slices.Sort(t.known)
	t.known = slices.Compact(t.known)
	if hint := nearest.Hint(key, t.known); hint != "" {
		return hint
	}
	return "known keys: " + strings.Join(t.known, ", ")
}

// wrong reports a member of the wrong type.
func (t *table) wrong(key string, n *node, want string) {
	t.r.fault(n.pos, "", "%s in %s is %s, expected %s", key, t.name, n.kind(), want)
}

// require reports a member that must be there and is not.
func (t *table) require(hint string, keys ...string) {
	for _, k := range keys {
		if !t.has(k) {
			t.r.fault(t.node.pos, hint, "%s has no %s", t.name, k)
		}
	}
}

// texts reads a list of strings. An empty list is not nil: it says "none", where
// an absent one says nothing.
func (t *table) texts(key string, to *[]string) {
	n := t.take(key)
	if n == nil {
		return
	}
	if list, ok := t.stringsOf(key, n); ok {
		*to = list
	}
}

func (t *table) stringsOf(key string, n *node) ([]string, bool) {
	items, ok := n.value.([]*node)
	if !ok {
		t.wrong(key, n, "a list of strings")
		return nil, false
	}
	list := make([]string, 0, len(items))
	for _, item := range items {
		s, ok := item.value.(string)
		if !ok {
			t.r.fault(item.pos, "", "%s in %s holds %s, expected strings only", key, t.name, item.kind())
			return nil, false
		}
		list = append(list, s)
	}
	return list, true
}

// textMap reads a table whose values are strings.
func (t *table) textMap(key string, to *map[string]string) {
	sub := t.sub(key)
	if sub == nil {
		return
	}
	m := make(map[string]string, len(sub.members()))
	for _, k := range sortedKeys(sub.members()) {
		var s string
		sub.text(k, &s)
		m[k] = s
	}
	*to = m
}

// sub is a table within this one, or nil when it is absent or no table.
func (t *table) sub(key string) *table {
	n := t.take(key)
	if n == nil {
		return nil
	}
	if _, ok := n.value.(map[string]*node); !ok {
		t.wrong(key, n, "a table")
		return nil
	}
	return t.r.table(n, t.nameOf(key))
}

// nameOf is the header of a table within this one.
func (t *table) nameOf(key string) string {
	outer := strings.Trim(t.name, "[]")
	key = toml.Key{key}.String() // in quotes where it needs them
	if outer == topLevel {
		return "[" + key + "]"
	}
	return "[" + outer + "." + key + "]"
}

// named are the tables within a table whose keys are names, by name.
func (t *table) named(key string) map[string]*table {
	all := map[string]*table{}
	outer := t.sub(key)
	if outer == nil {
		return all
	}
	for _, k := range sortedKeys(outer.members()) {
		if sub := outer.sub(k); sub != nil {
			all[k] = sub
		}
	}
	return all
}

// list are the tables of an array of tables, in order.
func (t *table) list(key string) []*table {
	n := t.take(key)
	if n == nil {
		return nil
	}
	items, ok := n.value.([]*node)
	if !ok {
		t.wrong(key, n, "an array of tables, [["+key+"]]")
		return nil
	}
	var all []*table
	for _, item := range items {
		if _, ok := item.value.(map[string]*node); !ok {
			t.wrong(key, item, "tables only")
			continue
		}
		all = append(all, t.r.table(item, "["+t.nameOf(key)+"]"))
	}
	return all
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
