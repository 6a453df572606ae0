package sdk_test

import (
	"testing"

	"github.com/acrhost/acrhost/sdk/author/authortest"
)

// The examples build and pass their own unit tests, and so does what tests the SDK.
func TestNative(t *testing.T) {
	for _, dir := range []string{"examples/hello", "examples/set-acr", "examples/prompt", "examples/capability", "testdata/json"} {
		t.Run(dir, func(t *testing.T) {
			authortest.UnitTest(t, dir)
		})
	}
}

// The step of the page builds.
func TestReadme(t *testing.T) {
	authortest.Build(t, authortest.Project(t, "assemblyscript", "riddle", map[string]string{
		"main.ts":       authortest.Block(t, "README.md", "ts"),
		"asconfig.json": authortest.Text(t, "template/asconfig.json"),
	}))
}
