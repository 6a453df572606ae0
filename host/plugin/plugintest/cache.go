package plugintest

import (
	"os"
	"path/filepath"
)

// cache is where compiled code is kept between tests: the folder .cache/acrhost of the
// working folder or of the nearest one above it that has .cache; empty: nowhere. Large
// modules take minutes to compile under the race detector.
func cache() string {
	dir, err := os.Getwd()
	if err != nil {
		return ""
	}
	for above := ""; dir != above; above, dir = dir, filepath.Dir(dir) {
		folder := filepath.Join(dir, ".cache")
		if info, err := os.Stat(folder); err == nil && info.IsDir() {
			return filepath.Join(folder, "acrhost")
		}
	}
	return ""
}
