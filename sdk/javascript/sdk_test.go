package javascript_test

import (
	"testing"

	"github.com/acrhost/acrhost/host/plugin/plugintest"
	"github.com/acrhost/acrhost/sdk/author"
	"github.com/acrhost/acrhost/sdk/author/authortest"
	"github.com/acrhost/acrhost/sdk/tck"
)

// The guest that is written with the SDK passes the kit.
func TestConformance(t *testing.T) {
	authortest.Tools(t)
	p, err := author.Open("tck")
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Compile(t.Context(), silent{}); err != nil {
		t.Fatal(err)
	}
	tck.Run(t, plugintest.Open(t, p.Path()))
}

// silent is an author.Progress that nobody reads.
type silent struct{}

func (silent) Running(author.Command) {}
func (silent) Printed(string)         {}
