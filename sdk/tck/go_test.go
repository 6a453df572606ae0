package tck_test

import (
	"testing"

	"github.com/acrhost/acrhost/host/plugin/plugintest"
	"github.com/acrhost/acrhost/sdk/author"
	"github.com/acrhost/acrhost/sdk/tck"
)

// The guest that is written with the Go SDK passes the kit. The other SDKs test theirs
// where they are.
func TestGo(t *testing.T) {
	p, err := author.Open("../go/tck")
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Compile(t.Context(), silent{}); err != nil {
		t.Fatal(err)
	}
	tck.Run(t, plugintest.Open(t, p.Path()))
}

// silent is a Progress that nobody reads.
type silent struct{}

func (silent) Running(author.Command) {}
func (silent) Printed(string)         {}
