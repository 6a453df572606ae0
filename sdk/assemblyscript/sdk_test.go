package sdk_test

import (
	"testing"

	"github.com/acrhost/acrhost/sdk/author/authortest"
)

// The examples build and pass their own unit tests, and so does what tests the SDK.
func TestNative(t *testing.T) {
	for _, dir := range []string{"examples/hello", "examples/set-acr", "examples/prompt", "examples/capability", "testdata/json"} {
		t.Run(dir, func(t *testing.T) {
			t.Parallel()
			authortest.UnitTest(t, dir)
		})
	}
}
