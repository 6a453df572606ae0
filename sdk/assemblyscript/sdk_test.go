package sdk_test

import (
	"testing"

	"github.com/acrhost/acrhost/host/plugin/plugintest"
	"github.com/acrhost/acrhost/sdk/author/authortest"
	"github.com/acrhost/acrhost/sdk/tck"
)

// The SDK's guest passes the conformance kit.
func TestKit(t *testing.T) {
	tck.Run(t, plugintest.Open(t, authortest.Build(t, "tck").Path()))
}

// The examples build, pass their own unit tests, and their vectors on the real runtime.
func TestExamples(t *testing.T) {
	for _, name := range []string{"hello", "set-acr", "prompt", "capability"} {
		t.Run(name, func(t *testing.T) {
			dir := "examples/" + name
			authortest.UnitTest(t, dir) // which builds, as it tests the module
			m := plugintest.Open(t, authortest.Open(t, dir).Path())
			authortest.Vectors(t, dir, m)
			authortest.SameManifest(t, name, m)
		})
	}
}

// What the SDK reads and writes is what node's JSON does.
func TestJSON(t *testing.T) {
	authortest.UnitTest(t, "testdata/json")
}

// The step of the page builds.
func TestReadme(t *testing.T) {
	authortest.Build(t, authortest.Project(t, "assemblyscript", "riddle", map[string]string{
		"main.ts":       authortest.Block(t, "README.md", "ts"),
		"asconfig.json": authortest.Text(t, "template/asconfig.json"),
	}))
}
