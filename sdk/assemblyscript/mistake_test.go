package sdk_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/acrhost/acrhost/sdk/author"
	"github.com/acrhost/acrhost/sdk/author/authortest"
)

// What an author gets wrong is said at its place, in words about the step.
func TestMistakes(t *testing.T) {
	const (
		imports = `import { Call, Result, Step, data, plugin, step } from "@acrhost/step";` + "\n"
		about   = `plugin({ name: "com.example.a", version: "1.0.0" });` + "\n"
		mark    = `@step("a", { outcomes: ["ok"] })` + "\n"
		run     = ` run(call: Call): Result { return Result.outcome("ok"); } }`
	)
	for name, c := range map[string]struct{ source, want string }{
		"nobody's":       {imports, "main.ts:1: no plugin("},
		"no version":     {imports + `plugin({ name: "com.example.a" });`, "main.ts:2: plugin needs a name and a version"},
		"no step":        {imports + about, "main.ts:2: the plugin has no step"},
		"not exported":   {imports + about + mark + "class A extends Step {" + run, "main.ts:3: A: a step has to be exported"},
		"misspelt":       {imports + about + `@step("a", { outcome: ["ok"] })` + "\nexport class A extends Step {" + run, "main.ts:3: A: @step has no outcome, only"},
		"no literal":     {imports + about + `const a = "a";` + "\n@step(a)\nexport class A extends Step {" + run, "@step needs the type as a literal text"},
		"twice":          {imports + about + mark + "export class A extends Step {" + run + "\n" + mark + "export class B extends Step {" + run, "two steps have the same type"},
		"no such type":   {imports + about + mark + "export class A extends Step {\n  x: Map<string, string> = new Map();" + run, "main.ts:5: a configuration can't hold a Map"},
		"a function":     {imports + about + mark + "export class A extends Step {\n  x!: () => void;" + run, "main.ts:5: a member can't be a function"},
		"inherits":       {imports + about + "class Base extends Step { x: i32 = 0;" + run + "\n" + mark + "export class A extends Base {" + run, "the fields of Base would be lost"},
		"compiler's own": {imports + about + mark + "export class A extends Step {\n  run(call: Call): Result { return Result.outcom(\"ok\"); } }", "Property 'outcom' does not exist"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := failure(t, c.source); !strings.Contains(got, c.want) || strings.Contains(got, "transform.js:") {
				t.Errorf("the compiler says\n%s\nwant %q and no stack", got, c.want)
			}
		})
	}
}

// failure is what the compiler says of a source.
func failure(t *testing.T, source string) string {
	t.Helper()
	dir := authortest.Project(t, "assemblyscript", "mistake", map[string]string{"main.ts": source, "asconfig.json": authortest.Text(t, "template/asconfig.json")})
	err := authortest.Open(t, dir).Compile(t.Context(), nothing{})
	failed, ok := errors.AsType[*author.FailedError](err)
	if !ok {
		t.Fatalf("it compiled: %v", err)
	}
	return failed.Output
}

// nothing is an author.Progress that nobody reads.
type nothing struct{}

func (nothing) Running(author.Command) {}
func (nothing) Printed(string)         {}
