package config

import (
	"fmt"

	"github.com/BurntSushi/toml"
)

// Misplaced compares the marks of a document with what the TOML library made of
// it, and says where they differ. It is empty for a document that is not TOML.
func Misplaced(src string) []string {
	var doc map[string]any
	md, err := toml.Decode(src, &doc)
	if err != nil {
		return nil
	}
	root := scan(src)
	wrong := compare("", doc, root)
	for _, key := range md.Keys() {
		if !finds(root, key) {
			wrong = append(wrong, fmt.Sprintf("no mark for the key %q", key))
		}
	}
	return wrong
}

func compare(path string, v any, m *mark) []string {
	if m == nil {
		return []string{path + " has no mark"}
	}
	var wrong []string
	switch v := v.(type) {
	case map[string]any:
		if len(m.keys) != len(v) {
			wrong = append(wrong, fmt.Sprintf("%s has %d marks, want %d", path, len(m.keys), len(v)))
		}
		for k, e := range v {
			wrong = append(wrong, compare(path+"."+k, e, m.keys[k])...)
		}
	case []map[string]any:
		for i, e := range v {
			wrong = append(wrong, compare(fmt.Sprintf("%s.%d", path, i), e, m.item(i))...)
		}
	case []any:
		if len(m.items) != len(v) {
			wrong = append(wrong, fmt.Sprintf("%s has %d items, want %d", path, len(m.items), len(v)))
		}
		for i, e := range v {
			wrong = append(wrong, compare(fmt.Sprintf("%s.%d", path, i), e, m.item(i))...)
		}
	}
	return wrong
}

// finds follows a key through tables and, as the library leaves them out of its
// keys, through any element of an array.
func finds(m *mark, key []string) bool {
	if len(key) == 0 {
		return true
	}
	if c, ok := m.keys[key[0]]; ok && finds(c, key[1:]) {
		return true
	}
	for _, item := range m.items {
		if finds(item, key) {
			return true
		}
	}
	return false
}

// LineOf is the line of a mark, by a path of keys and numbers.
func LineOf(src string, path ...any) int {
	m := scan(src)
	for _, p := range path {
		switch p := p.(type) {
		case string:
			m = m.keys[p]
		case int:
			m = m.items[p]
		}
	}
	return m.line
}
