package author_test

import (
	"path/filepath"
	"testing"

	"github.com/acrhost/acrhost/host/plugin/plugintest"
	"github.com/acrhost/acrhost/sdk/author"
	"github.com/acrhost/acrhost/sdk/author/authortest"
)

// The examples in Rust and JavaScript ask for what the same ones in Go ask for. They are
// built where they lie: Rust's are one workspace.
func TestExamples(t *testing.T) {
	authortest.Tools(t)
	for _, language := range []string{"rust", "javascript"} {
		for _, example := range []string{"hello", "set-acr", "prompt", "capability"} {
			t.Run(language+" "+example, func(t *testing.T) {
				dir := filepath.Join("..", language, "examples", example)
				p, err := author.Open(dir)
				if err != nil {
					t.Fatal(err)
				}
				if err := p.Compile(t.Context(), &quiet{}); err != nil {
					t.Fatal(err)
				}
				m := plugintest.Open(t, p.Path())
				authortest.SameManifest(t, example, m)
				authortest.Vectors(t, dir, m)
			})
		}
	}
}
