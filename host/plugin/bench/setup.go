package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/acrhost/acrhost/host/plugin"
	"github.com/acrhost/acrhost/host/plugin/bench/job"
	"github.com/acrhost/acrhost/host/plugin/rewrite"
)

// setup is what the rows are made with.
type setup struct {
	ctx      context.Context
	document []byte
	root     string          // of the repository
	runtime  *plugin.Runtime // this project's, for all rows
	closers  []func() error

	capabilities []string // that the standard plugin imports; no guest imports others
}

func newSetup(ctx context.Context) (*setup, error) {
	root, err := findRoot()
	if err != nil {
		return nil, err
	}
	document, err := job.Document()
	if err != nil {
		return nil, err
	}
	s := &setup{ctx: ctx, document: document, root: root}
	wasm, err := s.standard()
	if err != nil {
		return nil, err
	}
	if s.capabilities, err = imported(wasm); err != nil {
		return nil, err
	}
	if s.runtime, err = plugin.New(ctx, s.config("")); err != nil {
		return nil, err
	}
	s.onClose(func() error { return s.runtime.Close(ctx) })
	return s, nil
}

// imported are the capabilities that a module imports, by which it asks for them: the
// only ones that it is given here.
func imported(wasm []byte) ([]string, error) {
	m, err := rewrite.Decode(wasm)
	if err != nil {
		return nil, fmt.Errorf("read the imports of the standard plugin: %w", err)
	}
	var names []string
	for _, i := range m.Imports {
		if i.Module == "acrhost_cap_v1" {
			names = append(names, i.Name)
		}
	}
	return names, nil
}

func (s *setup) config(cacheDir string) plugin.Config {
	return plugin.Config{CacheDir: cacheDir, Capabilities: s.capabilities}
}

// onClose has f called when all is done, before what was made earlier is closed.
func (s *setup) onClose(f func() error) { s.closers = append(s.closers, f) }

func (s *setup) close() error {
	var err error
	for _, f := range slices.Backward(s.closers) {
		err = errors.Join(err, f())
	}
	return err
}

// helper is the path of something that make bench builds beside this program.
func (s *setup) helper(name string) (string, error) {
	path := filepath.Join(s.root, ".cache", "bench", name)
	if _, err := os.Stat(path); err != nil {
		return "", fmt.Errorf("%s is missing: make bench builds it", path)
	}
	return path, nil
}

// findRoot is the folder of the repository: the one above that has the design of the
// ABI in it.
func findRoot() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", fmt.Errorf("find the repository: %w", err)
	}
	for above := ""; dir != above; above, dir = dir, filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "sdk", "ABI.md")); err == nil {
			return dir, nil
		}
	}
	return "", errors.New("find the repository: bench has to run inside of it")
}
