package lint

import (
	"encoding/binary"
	"fmt"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/acrhost/acrhost/host/plugin"
)

// wat assembles a module.
func wat(t testing.TB, text string) []byte {
	t.Helper()
	tool, err := exec.LookPath("wat2wasm")
	if err != nil {
		t.Fatal("wat2wasm is missing: make tools installs it (Debian: apt-get install wabt)")
	}
	command := exec.Command(tool, "-", "--output=-")
	command.Stdin = strings.NewReader(text)
	out, err := command.Output()
	if err != nil {
		t.Fatalf("wat2wasm: %v", err)
	}
	return out
}

// packed is a module with a custom section.
func packed(wasm []byte, name, content string) []byte {
	section := binary.AppendUvarint(nil, uint64(len(name)))
	section = append(append(section, name...), content...)
	wasm = append(slices.Clone(wasm), 0)
	return append(binary.AppendUvarint(wasm, uint64(len(section))), section...)
}

// good is a manifest of which nothing is to be said.
const good = `{"name":"org.bank.risk","version":"1.4.2-rc.1+7","title":"Risk","steps":{"score":{"title":"Score","outcomes":["low"],
	"config_schema":{"$schema":"https://json-schema.org/draft/2020-12/schema","type":"object","additionalProperties":false,"properties":{
		"level":{"type":"string","description":"The acr.","default":"1.0"},
		"options":{"type":"array","description":"What there is.","items":{"type":"object","properties":{"value":{"type":"string"}},"additionalProperties":false}}}},
	"reads":["device"],"writes":{"acr_from":["/level"],"vars":["*"]},"outcomes_from":["/options/*/value"]}}}`

func find(t *testing.T, wasm []byte) []Finding { return findShown(t, wasm, nil) }

func findShown(t *testing.T, wasm []byte, shown map[string][]string) []Finding {
	t.Helper()
	capabilities := []string{"http_fetch", "otp_send"}
	runtime, err := plugin.New(t.Context(), plugin.Config{Capabilities: capabilities})
	if err != nil {
		t.Fatal(err)
	}
	defer runtime.Close(t.Context())
	found, err := Module(t.Context(), runtime, Subject{Name: "test.wasm", Wasm: wasm, Capabilities: capabilities, Shown: shown})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// holds says whether a finding of that kind, with that text and a hint, is there.
func holds(found []Finding, fault bool, text string) bool {
	return slices.ContainsFunc(found, func(f Finding) bool { return f.Fault == fault && strings.Contains(f.String(), text) })
}

const bare = `(module (memory (export "memory") 1) %s (func (export "acrhost_step_v1") (result i32) (i32.const 0)))`

func TestGoodModule(t *testing.T) {
	if found := find(t, packed(wat(t, fmt.Sprintf(bare, "")), packedSection, good)); len(found) > 0 {
		t.Errorf("found %v", found)
	}
}

func TestManifest(t *testing.T) {
	module := wat(t, fmt.Sprintf(bare, ""))
	for _, test := range []struct {
		name, old, new string
		fault          bool
		want           string
	}{
		{"name", `org.bank.risk`, `risk`, false, "no reverse domain name"},
		{"a name that steers the terminal", `org.bank.risk`, `\u001b[2J`, false, `"\x1b[2J"`},
		{"version", `1.4.2-rc.1+7`, `1.4`, false, "no semantic version"},
		{"title", `"title":"Risk",`, ``, false, "it has no title"},
		{"title of a step", `"title":"Score",`, ``, false, "step score: it has no title"},
		{"step name", `"score":`, `"Score it":`, false, "hard to write"},
		{"outcome", `["low"]`, `["@low"]`, true, "no journey can name"},
		{"outcome twice", `["low"]`, `["low","low"]`, false, "twice"},
		{"no schema", `"config_schema"`, `"other"`, false, "no config_schema"},
		{"schema", `"type":"object","additional`, `"type":"thing","additional`, true, "no JSON Schema"},
		{"schema elsewhere", `"type":"object","additional`, `"$ref":"file:///etc/passwd","additional`, true, "no JSON Schema"},
		{"additional", `"additionalProperties":false,"properties":{`, `"properties":{`, false, "accepts members that it does not know"},
		{"description", `"description":"The acr.",`, ``, false, "its setting level has no description"},
		{"default", `"default":"1.0"`, `"default":1`, true, "the default of its setting level does not fit"},
		{"acr_from", `/level`, `/leve`, true, `acr_from names "/leve"`},
		{"outcomes_from", `/options/*/value`, `/options/*/name`, true, "outcomes_from"},
		{"reads", `["device"]`, `["everything"]`, false, `reads "everything"`},
		{"any acr", `"vars":["*"]`, `"acr":["*"]`, false, "any acr"},
		{"a capability of no host", `"reads"`, `"capabilities":["read_minds"],"reads"`, false, "which no host has"},
		{"a fetch to nobody knows where", `"reads"`, `"capabilities":["http_fetch"],"reads"`, false, "it does not say where it sends requests"},
		{"a fetch without the capability", `"reads"`, `"fetches":["GET config/url"],"reads"`, false, "does not declare the capability http_fetch"},
		{"a fetch that is none", `"reads"`, `"fetches":["GET risk.example.com"],"reads"`, true, "is no absolute http address"},
		{"a capability that is not imported", `"reads"`, `"capabilities":["http_fetch"],"reads"`, false, "doesn't import it"},
	} {
		t.Run(test.name, func(t *testing.T) {
			manifest := strings.Replace(good, test.old, test.new, 1)
			if manifest == good {
				t.Fatalf("%q is not in the manifest", test.old)
			}
			if found := find(t, packed(module, packedSection, manifest)); !holds(found, test.fault, test.want) {
				t.Errorf("found %v", found)
			}
		})
	}
}

func TestBinary(t *testing.T) {
	for _, test := range []struct {
		name, text string
		fault      bool
		want       string
	}{
		{"no plugin", `(module (memory (export "memory") 1))`, true, "it is no plugin"},
		{"no memory", `(module (func (export "_start")))`, true, "exports no memory"},
		{"an import of JavaScript", fmt.Sprintf(`(module (import "env" "abort" (func)) %s`, fmt.Sprintf(bare, "")[8:]), true, `import "env.abort"`},
		{"a capability of no host", fmt.Sprintf(`(module (import "acrhost_cap_v1" "read_minds" (func (param i32 i32) (result i32))) %s`, fmt.Sprintf(bare, "")[8:]), true, "no capability"},
		{"an undeclared capability", fmt.Sprintf(`(module (import "acrhost_cap_v1" "http_fetch" (func (param i32 i32) (result i32))) %s`, fmt.Sprintf(bare, "")[8:]), true, "and no step declares it"},
		{"a mutable global", fmt.Sprintf(bare, `(global (export "g") (mut i32) (i32.const 0))`), false, `mutable global "g"`},
		{"much memory", fmt.Sprintf(strings.Replace(bare, `"memory") 1`, `"memory") 300`, 1), ""), false, "it starts with 19200 KiB"},
	} {
		t.Run(test.name, func(t *testing.T) {
			found := find(t, packed(wat(t, test.text), packedSection, good))
			if !holds(found, test.fault, test.want) {
				t.Errorf("found %v", found)
			}
			if i := slices.IndexFunc(found, func(f Finding) bool { return strings.Contains(f.Message, test.want) }); found[i].Hint == "" {
				t.Errorf("%v has no hint", found[i])
			}
		})
	}
	t.Run("undescribed", func(t *testing.T) {
		if found := find(t, wat(t, fmt.Sprintf(bare, ""))); !holds(found, true, "describes no step types") {
			t.Errorf("found %v", found)
		}
	})
	t.Run("debug", func(t *testing.T) {
		wasm := packed(packed(wat(t, fmt.Sprintf(bare, "")), packedSection, good), ".debug_info", strings.Repeat("x", 20<<10))
		if found := find(t, wasm); !holds(found, false, "debug information") {
			t.Errorf("found %v", found)
		}
	})
	t.Run("no module", func(t *testing.T) {
		if found := find(t, []byte("\x00asm")); len(found) != 1 || !found[0].Fault {
			t.Errorf("found %v", found)
		}
	})
}

func TestUntested(t *testing.T) {
	module := packed(wat(t, fmt.Sprintf(bare, "")), packedSection, good)
	for outcome, shown := range map[string]map[string][]string{
		"":    {"score": {"low"}},
		"any": {"": {"low"}},
		"low": {"score": {"high"}},
	} {
		if found := findShown(t, module, shown); holds(found, false, "no vector shows its outcome low") != (outcome == "low") {
			t.Errorf("%v: found %v", shown, found)
		}
	}
}

// A packed manifest that is not what the code describes is a fault, and the part that
// differs is named; how the schema is spelt does not count.
func TestDrift(t *testing.T) {
	data := strings.NewReplacer(`"`, `\22`, "\n", "", "\t", "").Replace(good)
	size := len(strings.NewReplacer("\n", "", "\t", "").Replace(good))
	describing := wat(t, fmt.Sprintf(`(module (import "acrhost_v1" "output_write" (func $write (param i32 i32)))
		(memory (export "memory") 1) (data (i32.const 0) "%s")
		(func (export "acrhost_describe_v1") (result i32) (call $write (i32.const 0) (i32.const %d)) (i32.const 0))
		(func (export "acrhost_step_v1") (result i32) (i32.const 0)))`, data, size))
	if found := find(t, packed(describing, packedSection, good)); len(found) > 0 {
		t.Errorf("the same: found %v", found)
	}
	for old, part := range map[string]string{`"Risk"`: "title", `"low"`: "the steps"} {
		found := find(t, packed(describing, packedSection, strings.Replace(good, old, `"Other"`, 1)))
		if !holds(found, true, "they differ in "+part) {
			t.Errorf("%s: found %v", part, found)
		}
	}
}

// What is cut out of a module leaves the rest as it is, whatever the bytes.
func FuzzWithout(f *testing.F) {
	module := []byte("\x00asm\x01\x00\x00\x00")
	f.Add(module)
	f.Add(packed(module, packedSection, "{}"))
	f.Add(append(module, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1))
	f.Fuzz(func(t *testing.T, wasm []byte) {
		before := slices.Clone(wasm)
		bare, found := without(wasm, packedSection)
		if !slices.Equal(before, wasm) {
			t.Error("the module was changed")
		}
		if !found && !slices.Equal(bare, wasm) && len(bare) != len(wasm) {
			t.Error("nothing was found, and something is gone")
		}
		if _, again := without(bare, packedSection); found && again {
			t.Error("some of it is left")
		}
	})
}
