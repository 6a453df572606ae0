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
	known, err := s.config()
	if err != nil {
		return nil, err
	}
	if s.runtime, err = plugin.New(ctx, known); err != nil {
		return nil, err
	}
	s.onClose(func() error { return s.runtime.Close(ctx) })
	return s, nil
}

// config knows the capabilities that the standard plugin asks for; none is granted or
// answered here.
func (s *setup) config() (plugin.Config, error) {
	wasm, err := s.standard()
	if err != nil {
		return plugin.Config{}, err
	}
	module, err := rewrite.Decode(wasm)
	if err != nil {
		return plugin.Config{}, fmt.Errorf("read the standard plugin: %w", err)
	}
	var c plugin.Config
	for _, i := range module.Imports {
		if i.Module == "acrhost_cap_v1" {
			c.Capabilities = append(c.Capabilities, i.Name)
		}
	}
	return c, nil
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
