package author

import (
	"path/filepath"
	"slices"
	"testing"
)

// Building asks for no tool that only the unit tests need; testing asks for all.
func TestBuildingNeedsNoTestTools(t *testing.T) {
	bin := t.TempDir()
	t.Setenv("PATH", bin)
	program(t, filepath.Join(bin, "compiler"))
	l := Language{Tools: []Tool{{Name: "compiler"}, {Name: "tester", TestOnly: true}}}
	if _, err := l.building().Toolchain(t.Context(), ""); err != nil {
		t.Errorf("building: %v", err)
	}
	if _, err := l.Toolchain(t.Context(), ""); err == nil {
		t.Error("testing does without its tool")
	}
	for name, tool := range map[string]string{"c": "cc", "javascript": "node"} {
		l, err := Find(name)
		if err != nil {
			t.Fatal(err)
		}
		if slices.ContainsFunc(l.building().Tools, func(t Tool) bool { return t.Name == tool }) {
			t.Errorf("building %s asks for %s", name, tool)
		}
	}
}
