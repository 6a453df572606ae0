package shelf

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/acrhost/acrhost/host/artifact"
)

// Shelf is a folder of modules. Several hosts may share it.
type Shelf struct {
	// Dir is made when something is put there, with mode 0700; empty: nothing is kept.
	Dir string
}

// In is the shelf of a host whose cache is that folder; an empty one keeps nothing.
func In(cacheDir string) Shelf {
	if cacheDir == "" {
		return Shelf{}
	}
	return Shelf{filepath.Join(cacheDir, "modules")}
}

// Get gives the module with this digest. One that isn't there, or isn't what its name says,
// is nil: it has to be fetched.
func (s Shelf) Get(digest string) ([]byte, error) {
	if s.Dir == "" {
		return nil, nil
	}
	path := s.path(digest)
	wasm, err := ReadRegular(path, artifact.MaxModule)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, errLong) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("look for a module: %w", err)
	}
	if artifact.Digest(wasm) != digest {
		return nil, nil
	}
	return wasm, nil
}

// Put keeps a module.
func (s Shelf) Put(wasm []byte) error {
	if s.Dir == "" {
		return nil
	}
	if err := os.MkdirAll(s.Dir, 0o700); err != nil {
		return fmt.Errorf("keep a module: %w", err)
	}
	return WriteFile(s.path(artifact.Digest(wasm)), wasm, 0o600)
}

func (s Shelf) path(digest string) string {
	return filepath.Join(s.Dir, strings.ReplaceAll(digest, ":", "-")+".wasm")
}

// WriteFile writes a file that is never seen half written: beside it first, then in its
// place.
func WriteFile(path string, content []byte, mode fs.FileMode) error {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*.tmp")
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	_, err = f.Write(content)
	err = errors.Join(err, f.Chmod(mode), f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("write %s: %w", path, err), os.Remove(f.Name()))
	}
	return nil
}

// WriteNew is WriteFile for a file that must not be there yet: one that is stays as it was.
func WriteNew(path string, content []byte, mode fs.FileMode) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	_, err = f.Write(content)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return errors.Join(fmt.Errorf("write %s: %w", path, err), os.Remove(path))
	}
	return nil
}
