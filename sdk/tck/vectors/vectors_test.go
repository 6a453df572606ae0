package vectors_test

import (
	"strings"
	"testing"

	"github.com/acrhost/acrhost/host/capability"
	"github.com/acrhost/acrhost/sdk/go/abi"
	"github.com/acrhost/acrhost/sdk/tck/vectors"
	"slices"
)

// The vectors can be read, stay within the limits of the ABI, and name steps that the
// guest has and capabilities that there are.
func TestAll(t *testing.T) {
	all, err := vectors.All()
	if err != nil {
		t.Fatal(err)
	}
	missing := strings.Join(vectors.Manifest(abi.Manifest{Name: vectors.Module, Version: vectors.Version}), "\n")
	seen := map[string]bool{}
	for _, v := range all {
		document, err := v.Document(v.Step)
		if err != nil || len(document) > abi.MaxInput || len(v.Output) > abi.MaxOutput {
			t.Errorf("%s: %d bytes of input, %d of output, %v", v.Name, len(document), len(v.Output), err)
		}
		if seen[v.Name] {
			t.Errorf("%s comes twice", v.Name)
		}
		seen[v.Name] = true
		if !strings.Contains(missing, `"`+v.Step+`" is missing`) {
			t.Errorf("%s calls %q, which the guest does not have", v.Name, v.Step)
		}
		for _, c := range v.Calls {
			if !slices.Contains(capability.Names(), c.Capability) {
				t.Errorf("%s expects %q, which is no capability", v.Name, c.Capability)
			}
		}
	}
	t.Logf("%d vectors", len(all))
}
