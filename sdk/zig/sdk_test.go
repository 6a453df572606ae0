package sdk_test

import (
	"testing"

	"github.com/acrhost/acrhost/sdk/author/authortest"
)

// The examples build, and pass their own unit tests.
func TestExamples(t *testing.T) {
	for _, name := range []string{"hello", "set-acr", "prompt", "capability"} {
		t.Run(name, func(t *testing.T) {
			authortest.UnitTest(t, authortest.Build(t, "examples/"+name))
		})
	}
}
