package main

import (
	"fmt"

	"github.com/acrhost/acrhost/host/artifact"
	"github.com/acrhost/acrhost/host/artifact/shelf"
)

// readModule reads a module's file: a regular one, and no more than a module may have.
func readModule(path string) ([]byte, error) {
	wasm, err := shelf.ReadRegular(path, artifact.MaxModule)
	if err != nil {
		return nil, fmt.Errorf("read module: %w", err)
	}
	return wasm, nil
}
