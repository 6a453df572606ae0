package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What the SDKs hold is what the schemas say now.
func TestGenerated(t *testing.T) {
	all, err := generate("../..")
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range all {
		got, err := os.ReadFile(filepath.Join("../..", filepath.FromSlash(name)))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(strings.Split(want, "\n"), strings.Split(string(got), "\n")); diff != "" {
			t.Errorf("sdk/%s is not what the schemas say: run go generate ./sdk/schema (-schemas +file)\n%s", name, diff)
		}
	}
}

// A capability that is added to the schema is in each SDK, under its own name.
func TestNewCapability(t *testing.T) {
	m, err := read()
	if err != nil {
		t.Fatal(err)
	}
	m.Capability = append(m.Capability,
		Type{Name: "MoonAsk", Members: []Member{{Name: "phase", Required: true}, {Name: "place", Silent: true}}},
		Type{Name: "MoonSaid", Members: []Member{{Name: "lit", Kind: Bool, Required: true}}})
	m.Capabilities = append(m.Capabilities, Capability{"moon_ask", "Asks the moon.", m.Capability[len(m.Capability)-2], m.Capability[len(m.Capability)-1]})
	text := func(text string, err error) string {
		if err != nil {
			t.Error(err)
		}
		return text
	}
	for name, lang := range map[string]struct {
		text string
		want []string
	}{
		"rust":           {rust(m), []string{"pub fn moon_ask(phase: &str, place: Option<&str>) -> Result<MoonSaid> {", "pub lit: bool,"}},
		"zig":            {zig(m), []string{"    moon_ask,\n", ".moon_ask => MoonSaid,", "place: ?Text = null,"}},
		"go":             {text(goFunctions(m)), []string{"func AskMoon(ctx *step.Context, phase, place string) (abi.MoonSaid, error) {"}},
		"go's types":     {text(goTypes(m)), []string{"type MoonSaid struct {\n\tLit bool `json:\"lit\"`\n}", "Place string `json:\"place,omitzero\"`"}},
		"go's writing":   {text(goAppend(m)), []string{"func (x MoonAsk) AppendJSON(b []byte) ([]byte, error) {"}},
		"go's reading":   {text(goRead(m)), []string{"func (x *MoonSaid) ParseJSON(document []byte) error {"}},
		"go's imports":   {text(goImports(m)), []string{"//go:wasmimport acrhost_cap_v1 moon_ask"}},
		"c":              {text(c("../../c/acrhost.h", m)), []string{"AH_CAPABILITY(moon_ask, ah_moonask, ah_moonsaid)", "  M(TEXT, phase, REQUIRED, \"\") \\\n  M(TEXT, place, OPTIONAL, \"\")\n"}},
		"javascript":     {text(javaScript("../../javascript/acrhost.js", m)), []string{"  \"moon_ask\",\n"}},
		"assemblyscript": {assemblyScript(m), []string{"export function moonAsk(phase: string, place: string | null = null): Reply<MoonSaid> {", `@external("acrhost_cap_v1", "moon_ask")`}},
	} {
		for _, want := range lang.want {
			if !strings.Contains(lang.text, want) {
				t.Errorf("%s has no %q", name, want)
			}
		}
	}
}

// Each name that a language has of its own is that of a type.
func TestNames(t *testing.T) {
	m, err := read()
	if err != nil {
		t.Fatal(err)
	}
	all := slices.Concat(m.Input, m.Output, m.Manifest, m.Capability)
	for _, names := range []map[string]string{rustNames, zigNames, asNames, cNames} {
		for name := range names {
			if find(all, name).Name == "" {
				t.Errorf("no schema knows a %s", name)
			}
		}
	}
}
