package artifact

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// Digest is "sha256:<hex>" of a module's bytes: what it is known by.
func Digest(wasm []byte) string {
	sum := sha256.Sum256(wasm)
	return "sha256:" + hex.EncodeToString(sum[:])
}

// Pack puts a manifest into a module, in place of any that it has. The same module
// and the same manifest give the same bytes, however the manifest was spelt.
func Pack(wasm, manifest []byte) ([]byte, error) {
	if _, err := ParseManifest(manifest); err != nil {
		return nil, err
	}
	doc := jsontext.Value(bytes.Clone(manifest))
	if err := doc.Format(jsontext.ReorderRawObjects(true)); err != nil {
		return nil, fmt.Errorf("not a manifest: %w", err)
	}
	if len(doc) > MaxManifest {
		return nil, fmt.Errorf("the manifest is longer than %d bytes", MaxManifest)
	}
	bare, err := Unpack(wasm)
	if err != nil {
		return nil, err
	}
	return append(bare, customSection(Section, doc)...), nil
}

// Unpack is a copy of a module without its packed manifest.
func Unpack(wasm []byte) ([]byte, error) {
	all, err := sections(wasm)
	if err != nil {
		return nil, err
	}
	bare := append(make([]byte, 0, len(wasm)), header...)
	for _, s := range all {
		if s.id != custom || s.name != Section {
			bare = append(bare, wasm[s.start:s.end]...)
		}
	}
	return bare, nil
}

// Drift says where a packed manifest and the one that the guest describes differ: a line
// for each place, in order; none when they say the same.
func Drift(packed, described []byte) ([]string, error) {
	var documents [2]any
	for i, doc := range [][]byte{packed, described} {
		d := json.NewDecoder(bytes.NewReader(doc))
		d.UseNumber()
		if err := d.Decode(&documents[i]); err != nil {
			return nil, fmt.Errorf("not a manifest: %w", err)
		}
	}
	return drift("", documents[0], documents[1]), nil
}

func drift(at string, packed, described any) []string {
	a, isTable := packed.(map[string]any)
	b, both := described.(map[string]any)
	if isTable && both {
		return driftIn(at, a, b)
	}
	before, after := compact(packed), compact(described)
	if before == after {
		return nil
	}
	return []string{fmt.Sprintf("%s: packed %s, described %s", at, before, after)}
}

func driftIn(at string, packed, described map[string]any) []string {
	keys := maps.Clone(packed)
	maps.Copy(keys, described)
	var found []string
	for _, key := range slices.Sorted(maps.Keys(keys)) {
		a, was := packed[key]
		b, is := described[key]
		path := at + "/" + strings.NewReplacer("~", "~0", "/", "~1").Replace(key)
		switch {
		case !was:
			found = append(found, fmt.Sprintf("%s: not packed, described %s", path, compact(b)))
		case !is:
			found = append(found, fmt.Sprintf("%s: packed %s, not described", path, compact(a)))
		default:
			found = append(found, drift(path, a, b)...)
		}
	}
	return found
}

// compact is a value as JSON, cut to what fits a line.
func compact(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprintf("%q", fmt.Sprint(v))
	}
	if len(text) > 120 {
		return strings.ToValidUTF8(string(text[:120]), "") + "…"
	}
	return string(text)
}
