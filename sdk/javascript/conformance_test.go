package javascript_test

import (
	"path/filepath"
	"testing"

	"github.com/acrhost/acrhost/host/plugin/plugintest"
	"github.com/acrhost/acrhost/sdk/author"
	"github.com/acrhost/acrhost/sdk/tck"
)

// TestConformance builds the guest of the kit with the real toolchain.
func TestConformance(t *testing.T) {
	cache, err := filepath.Abs("../../.cache")
	if err != nil {
		t.Fatal(err)
	}
	// What .ci/crates fetched is enough, and is compiled once for all.
	t.Setenv("ACRHOST_QUICKJS", filepath.Join(cache, "quickjs"))
	p, err := author.Open("tck")
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Compile(t.Context(), quiet{}); err != nil {
		t.Fatal(err)
	}
	tck.Run(t, plugintest.Open(t, p.Path()))
}

type quiet struct{}

func (quiet) Running(author.Command) {}
func (quiet) Printed(string)         {}
