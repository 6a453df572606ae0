package lint

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"

	"github.com/acrhost/acrhost/host/plugin"
	"github.com/acrhost/acrhost/sdk/go/abi"
)

// packedSection is the custom section that holds a packed manifest, as sdk/ABI.md
// names it.
const packedSection = "acrhost.manifest"

// packed compares a packed manifest with what the code says without it.
func (l *list) packed(ctx context.Context, runtime *plugin.Runtime, s Subject, packed abi.Manifest) error {
	bare, found := without(s.Wasm, packedSection)
	if !found {
		return nil
	}
	m, err := load(ctx, runtime, Subject{Name: s.Name, Wasm: bare})
	if refused, ok := errors.AsType[*plugin.RefusedError](err); ok {
		l.fault("", "it has a packed manifest, and its code describes itself wrongly: "+refused.Reason, "pack it again from what describe says: acrhost plugin pack")
		return nil
	}
	if err != nil {
		return fmt.Errorf("load the module: %w", err)
	}
	defer m.Close(ctx)
	if len(m.Manifest().Steps) == 0 {
		return nil // it has no describe to drift from
	}
	if different := differences(packed, m.Manifest()); different != "" {
		l.fault("", "its packed manifest is not what its code describes: they differ in "+different, "pack it again: acrhost plugin pack")
	}
	return nil
}

// differences names the first part in which two manifests differ; empty: none.
func differences(a, b abi.Manifest) string {
	one, two := members(a), members(b)
	for _, name := range slices.Sorted(maps.Keys(one)) {
		if name != "steps" && !reflect.DeepEqual(one[name], two[name]) {
			return name
		}
	}
	if len(one) != len(two) {
		return "what they have"
	}
	if !reflect.DeepEqual(one["steps"], two["steps"]) {
		return "the steps"
	}
	return ""
}

// members is a manifest as JSON has it, so that the spelling of a schema does not count.
func members(m abi.Manifest) map[string]any {
	text, err := json.Marshal(m)
	if err != nil {
		return nil
	}
	var members map[string]any
	_ = json.Unmarshal(text, &members) // it was just made
	return members
}

// without is a module without its custom sections of a name, and whether it had any. A
// module that can't be read comes back as it is.
func without(wasm []byte, name string) (bare []byte, found bool) {
	const header = 8 // magic and version, WebAssembly core specification 5.5.16
	if len(wasm) < header {
		return wasm, false
	}
	bare = append(bare, wasm[:header]...)
	for rest := wasm[header:]; len(rest) > 0; {
		size, n := binary.Uvarint(rest[1:])
		if n <= 0 || size > uint64(len(rest)-1-n) {
			return wasm, false
		}
		whole, content := rest[:1+n+int(size)], rest[1+n:1+n+int(size)]
		rest = rest[len(whole):]
		if whole[0] == 0 && sectionName(content) == name {
			found = true
			continue
		}
		bare = append(bare, whole...)
	}
	return bare, found
}

// sectionName is the name at the start of a custom section's content.
func sectionName(content []byte) string {
	size, n := binary.Uvarint(content)
	if n <= 0 || size > uint64(len(content)-n) {
		return ""
	}
	return string(content[n : n+int(size)])
}
