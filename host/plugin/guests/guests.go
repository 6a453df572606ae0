package guests

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

// Languages are those that there are guests in.
func Languages() []string { return []string{"c", "rust", "assemblyscript", "zig", "go"} }

// Read gives a guest, as in "c-decide". It is looked for in .cache/guests of the
// working folder and of those above it.
func Read(name string) ([]byte, error) {
	dir, err := os.Getwd()
	if err != nil {
		return nil, fmt.Errorf("find the guest %q: %w", name, err)
	}
	for {
		wasm, err := os.ReadFile(filepath.Join(dir, ".cache", "guests", name+".wasm"))
		if err == nil {
			return wasm, nil
		}
		if above := filepath.Dir(dir); above != dir {
			dir = above
			continue
		}
		return nil, fmt.Errorf("there is no guest %q: make guests builds it", name)
	}
}

// Wasm gives a guest, as in "c-decide", to a test.
func Wasm(t testing.TB, name string) []byte {
	t.Helper()
	wasm, err := Read(name)
	if err != nil {
		t.Fatal(err)
	}
	return wasm
}
