package guests

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

// Languages are those that there are guests in.
func Languages() []string { return []string{"c", "rust", "assemblyscript", "zig", "go"} }

// Folder is where the guests are: .cache/guests of the working folder or of the nearest
// one above it that has that.
func Folder() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", fmt.Errorf("find the guests: %w", err)
	}
	for above := ""; dir != above; above, dir = dir, filepath.Dir(dir) {
		folder := filepath.Join(dir, ".cache", "guests")
		if info, err := os.Stat(folder); err == nil && info.IsDir() {
			return folder, nil
		}
	}
	return "", errors.New("there are no guests: make guests builds them")
}

// Read gives a guest, as in "c-decide".
func Read(name string) ([]byte, error) {
	folder, err := Folder()
	if err != nil {
		return nil, err
	}
	wasm, err := os.ReadFile(filepath.Join(folder, name+".wasm"))
	if err != nil {
		return nil, fmt.Errorf("read the guest %q: %w: make guests builds it", name, err)
	}
	return wasm, nil
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
