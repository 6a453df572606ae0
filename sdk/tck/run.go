package tck

import (
	"testing"

	"github.com/acrhost/acrhost/sdk/tck/vectors"
	"github.com/acrhost/acrhost/sdk/vector"
)

// Run holds a tck guest to the kit: one subtest for each vector, and one for the
// manifest.
func Run(t *testing.T, m vector.Module) {
	t.Helper()
	t.Run("manifest", func(t *testing.T) {
		manifest, err := m.Manifest()
		if err != nil {
			t.Fatal(err)
		}
		for _, fault := range vectors.Manifest(manifest) {
			t.Error(fault)
		}
	})
	all, err := vectors.All()
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range all {
		t.Run(v.Name, func(t *testing.T) {
			diff, err := vectors.Check(t.Context(), v, m)
			if err != nil {
				t.Fatal(err)
			}
			if diff != "" {
				t.Errorf("step %s answers otherwise:\n%s", v.Step, diff)
			}
		})
	}
}
