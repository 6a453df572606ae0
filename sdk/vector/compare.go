package vector

import (
	"bytes"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/rogpeppe/go-internal/diff"
)

// difference compares two documents as JSON: the order of members, white space and how a
// number or a text is spelt do not count.
func difference(want, have any) (Diff, error) {
	expected, err := canonical(want)
	if err != nil {
		return "", fmt.Errorf("the vector can't be compared: %w", err)
	}
	got, err := canonical(have)
	if err != nil {
		return "", fmt.Errorf("the answer can't be compared: %w", err)
	}
	text := string(diff.Diff("expected", expected, "got", got))
	if text == "" {
		return "", nil
	}
	// What comes before the first hunk names two files, which there are not.
	if at := strings.Index(text, "\n--- "); at >= 0 {
		text = text[at+1:]
	}
	return Diff(text), nil
}

// canonical writes a value as JSON, a member on each line, sorted, and spelt in one way.
func canonical(v any) ([]byte, error) {
	text, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var tree any
	if err := d.Decode(&tree); err != nil {
		return nil, err
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(plain(tree)); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// plain spells numbers in one way and cuts long texts, in a tree of JSON.
func plain(v any) any {
	switch v := v.(type) {
	case json.Number:
		return number(v)
	case string:
		return short(v)
	case []any:
		for i := range v {
			v[i] = plain(v[i])
		}
	case map[string]any:
		for name := range v {
			v[name] = plain(v[name])
		}
	}
	return v
}

// number is the same for every spelling of the same double. One beyond them stays as it
// is spelt.
func number(n json.Number) json.Number {
	f, err := strconv.ParseFloat(n.String(), 64)
	if err != nil {
		return n
	}
	if f == 0 {
		return "0" // no sign
	}
	format := byte('f')
	if size := math.Abs(f); size < 1e-6 || size >= 1e21 {
		format = 'e'
	}
	return json.Number(strconv.FormatFloat(f, format, -1, 64))
}

// longText is how much of a text a difference shows.
const longText = 200

// short is a long text's beginning, its length and a checksum, which tells it from
// others of the same beginning.
func short(s string) string {
	if len(s) <= longText {
		return s
	}
	head := s[:longText/2]
	for !utf8.ValidString(head) && len(head) > 0 {
		head = head[:len(head)-1]
	}
	return fmt.Sprintf("%s… (%d bytes, checksum %08x)", head, len(s), crc32.ChecksumIEEE([]byte(s)))
}
