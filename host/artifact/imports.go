package artifact

import (
	"fmt"
	"slices"
	"strings"

	"github.com/acrhost/acrhost/host/plugin/rewrite"
	"github.com/acrhost/acrhost/sdk/go/abi"
)

// capabilityModule is what capabilities are imported from.
const capabilityModule = "acrhost_cap_v1"

// importsOf are what a module can call, as module.name, sorted.
func importsOf(wasm []byte) ([]string, error) {
	decoded, err := rewrite.Decode(wasm)
	if err != nil {
		return nil, err
	}
	names := make([]string, len(decoded.Imports))
	for i, in := range decoded.Imports {
		names[i] = in.Module + "." + in.Name
	}
	slices.Sort(names)
	return slices.Compact(names), nil
}

// Undeclared are the capabilities among a module's imports that no step of its manifest
// declares, sorted. No step may call one, so a module that has any is refused: what it
// could do should be read in its manifest.
func Undeclared(imports []rewrite.Import, m abi.Manifest) []string {
	var found []string
	for _, i := range imports {
		if i.Module == capabilityModule && !declares(m, i.Name) {
			found = append(found, i.Name)
		}
	}
	slices.Sort(found)
	return slices.Compact(found)
}

func declares(m abi.Manifest, capability string) bool {
	for _, t := range m.Steps {
		if slices.Contains(t.Capabilities, capability) {
			return true
		}
	}
	return false
}

// undeclaredIn is Undeclared of a module whose manifest was read. The error says that it is
// no module.
func undeclaredIn(wasm []byte, m abi.Manifest) ([]string, error) {
	decoded, err := rewrite.Decode(wasm)
	if err != nil {
		return nil, err
	}
	return Undeclared(decoded.Imports, m), nil
}

// CheckImports refuses a module that imports what its manifest doesn't speak of.
func CheckImports(wasm []byte, m abi.Manifest) error {
	names, err := undeclaredIn(wasm, m)
	if err == nil && len(names) > 0 {
		err = fmt.Errorf("it imports capabilities that no step declares: %s", strings.Join(names, ", "))
	}
	return err
}

// Beyond lists what a module asks for and the older one did not, by its manifest m and, where
// that is silent, by what it imports.
func Beyond(wasm []byte, m abi.Manifest, older AllAsks) ([]More, error) {
	silent, err := undeclaredIn(wasm, m)
	if err != nil {
		return nil, err
	}
	more := AsksOf(m).Beyond(older)
	for _, name := range silent {
		if !slices.Contains(older.together().Capabilities, name) {
			more = append(more, More{What: "imports", Value: capabilityModule + "." + name})
		}
	}
	slices.SortFunc(more, compareMore)
	return more, nil
}
