package main

import (
	"context"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"

	"github.com/acrhost/acrhost/host/watch"
	"github.com/acrhost/acrhost/sdk/author"
)

// repeatedly does the work, and again after each change, until ctx ends. What goes
// wrong is told, and the next change is waited for: that is what watching is for.
func repeatedly(ctx context.Context, errOut io.Writer, w *watch.Watcher, do func() error) error {
	defer w.Close()
	for {
		err := do()
		if ctx.Err() != nil {
			return nil // ended while it worked
		}
		if err != nil && err.Error() != "" {
			fmt.Fprintln(errOut, "acrhost:", err)
		}
		fmt.Fprintln(errOut, "acrhost: waiting for a change; end with Ctrl-C")
		select {
		case <-ctx.Done():
			return nil
		case <-w.Changes():
		}
	}
}

// watchProject watches a project's sources and vectors. What building writes is not
// among them, or it would build for ever.
func watchProject(p author.Project) (*watch.Watcher, error) {
	outputs := []string{"node_modules", "target", "zig-out", "zig-cache", "build", "Cargo.lock", "package-lock.json", path.Clean(p.Module)}
	return watch.Tree(p.Dir, func(name string) bool {
		base := path.Base(name)
		return slices.Contains(outputs, name) || slices.Contains(outputs[:4], base) ||
			strings.HasPrefix(base, ".") && name != "." || strings.HasPrefix(base, "building-") || strings.HasSuffix(base, "~")
	})
}
