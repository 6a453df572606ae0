package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestExampleProjects builds the projects of the repository as their authors would, and
// runs their unit tests and vectors.
func TestExampleProjects(t *testing.T) {
	compilesModules(t)
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	tools := toolchains(t)
	for name, pattern := range map[string]string{
		"rust":       "sdk/rust/examples/*",
		"javascript": "sdk/javascript/examples/*",
		"vendor":     "examples/vendor-plugin/plugin",
	} {
		projects, err := filepath.Glob(filepath.Join(root, pattern))
		if err != nil || len(projects) == 0 {
			t.Fatalf("no projects in %s: %v", pattern, err)
		}
		var script strings.Builder
		for _, project := range projects {
			fmt.Fprintf(&script, "exec acrhost plugin test %s\nstdout ', 0 failed'\nexec acrhost plugin lint %[1]s\n", project)
		}
		file := filepath.Join(t.TempDir(), "projects-"+name+".txtar")
		if err := os.WriteFile(file, []byte(script.String()), 0o600); err != nil {
			t.Fatal(err)
		}
		testscript.Run(t, testscript.Params{
			Files:               []string{file},
			RequireExplicitExec: true,
			Setup: func(env *testscript.Env) error {
				env.Vars = append(env.Vars, tools...)
				return nil
			},
		})
	}
}
