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
