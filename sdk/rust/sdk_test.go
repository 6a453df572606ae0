package rust_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
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

// The crate passes its own unit tests.
func TestNative(t *testing.T) {
	authortest.Tools(t)
	rustc, err := exec.CommandContext(t.Context(), "../../.ci/rustc").Output()
	if err != nil {
		t.Fatalf("make tools installs rustc: %v", err)
	}
	compiler := strings.TrimSpace(string(rustc))
	tests := exec.CommandContext(t.Context(), filepath.Join(filepath.Dir(compiler), "cargo"), "test", "--quiet", "--locked", "--lib", "--package", "acrhost-step")
	tests.Env = append(os.Environ(), "RUSTC="+compiler)
	if text, err := tests.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, text)
	}
}

// silent is an author.Progress that nobody reads.
type silent struct{}

func (silent) Running(author.Command) {}
func (silent) Printed(string)         {}
