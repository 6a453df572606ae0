package plugin

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/tetratelabs/wazero"

	"github.com/acrhost/acrhost/host/plugin/rewrite"
)

// openCache opens the folder for compiled code. What lies there is run as it is, so
// a folder that others can write to is refused. The engine keys it by the digest of
// the rewritten module, and by its own version; the rewriter's version is a folder.
func openCache(dir string) (wazero.CompilationCache, error) {
	dir = filepath.Join(dir, fmt.Sprintf("rewrite-%d", rewrite.Version))
	for _, d := range []string{filepath.Dir(dir), dir} {
		if err := privateDir(d); err != nil {
			return nil, fmt.Errorf("cache for compiled plugins: %w", err)
		}
	}
	cache, err := wazero.NewCompilationCacheWithDir(dir)
	if err != nil {
		return nil, fmt.Errorf("cache for compiled plugins: %w", err)
	}
	return cache, nil
}

func privateDir(dir string) error {
	info, err := os.Stat(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return os.MkdirAll(dir, 0o700)
	}
	if err != nil {
		return err
	}
	if !info.IsDir() {
		return fmt.Errorf("%s is no folder", dir)
	}
	if mode := info.Mode().Perm(); mode&0o022 != 0 {
		return fmt.Errorf("%s has mode %04o: others can write there what would be run as code; chmod go-w it", dir, mode)
	}
	return nil
}
