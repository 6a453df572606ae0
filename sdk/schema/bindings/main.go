package main

import (
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	if err := write(".."); err != nil { // go generate runs in sdk/schema
		fmt.Fprintln(os.Stderr, "bindings:", err)
		os.Exit(1)
	}
}

// write writes the generated files of all SDKs into the folder sdk.
func write(sdk string) error {
	all, err := generate(sdk)
	if err != nil {
		return err
	}
	for name, text := range all {
		if err := os.WriteFile(filepath.Join(sdk, filepath.FromSlash(name)), []byte(text), 0o666); err != nil {
			return fmt.Errorf("write the bindings: %w", err)
		}
	}
	return nil
}

// generate gives the generated files by their path in the folder sdk. A file that is
// generated in part is read there first.
func generate(sdk string) (map[string]string, error) {
	m, err := read()
	if err != nil {
		return nil, err
	}
	all := map[string]string{
		"rust/step/src/generated.rs":  rust(m),
		"zig/generated.zig":           zig(m),
		"assemblyscript/generated.ts": assemblyScript(m),
		"assemblyscript/manifest.js":  assemblyScriptManifest(m),
	}
	for name, part := range map[string]func(Model) (string, error){
		"c/acrhost.h":                     func(m Model) (string, error) { return c(filepath.Join(sdk, "c", "acrhost.h"), m) },
		"javascript/acrhost.js":           func(m Model) (string, error) { return javaScript(filepath.Join(sdk, "javascript", "acrhost.js"), m) },
		"go/abi/generated.go":             goTypes,
		"go/abi/generated_read.go":        goRead,
		"go/abi/generated_append.go":      goAppend,
		"go/capability/generated.go":      goFunctions,
		"go/capability/imports_wasip1.go": goImports,
		"go/capability/imports_native.go": goNoImports,
	} {
		if all[name], err = part(m); err != nil {
			return nil, err
		}
	}
	return all, nil
}
