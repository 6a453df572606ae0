package tck_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/acrhost/acrhost/host/plugin/plugintest"
	"github.com/acrhost/acrhost/sdk/author"
	"github.com/acrhost/acrhost/sdk/author/authortest"
	"github.com/acrhost/acrhost/sdk/tck"
)

// silent is a Progress that nobody reads.
type silent struct{}

func (silent) Running(author.Command) {}
func (silent) Printed(string)         {}

// compile builds a project of the SDKs; without its tools the test is skipped.
func compile(t *testing.T, l author.Language, dir string) author.Project {
	t.Helper()
	authortest.Tools(t)
	p, err := author.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := l.Toolchain(t.Context(), dir); err != nil {
		t.Skipf("make tools installs it: %v", err)
	}
	if err := p.Compile(t.Context(), silent{}); err != nil {
		said := ""
		if failed, ok := errors.AsType[*author.FailedError](err); ok {
			said = failed.Output
		}
		t.Fatalf("%v\n%s", err, said)
	}
	t.Cleanup(func() { _ = os.Remove(p.Path()) })
	return p
}

// Every SDK passes the kit, by the guest that is written with it.
func TestSDKs(t *testing.T) {
	for _, l := range author.Languages() {
		t.Run(l.Name, func(t *testing.T) {
			p := compile(t, l, filepath.Join("..", l.Name, "tck"))
			tck.Run(t, plugintest.Open(t, p.Path()))
		})
	}
}
