package authortest

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/acrhost/acrhost/sdk/vector"
)

// Vectors holds a module to the vectors of a project's folder tests.
func Vectors(t *testing.T, dir string, m vector.Module) {
	t.Helper()
	all, err := vector.Read(os.DirFS(filepath.FromSlash(dir)), "tests")
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range all {
		t.Run(v.Name, func(t *testing.T) {
			diff, err := v.Check(t.Context(), m)
			if err != nil {
				t.Fatal(err)
			}
			if diff != "" {
				t.Errorf("it answers otherwise:\n%s", diff)
			}
		})
	}
}
