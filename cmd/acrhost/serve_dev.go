package main

import (
	"fmt"
	"io"
	"maps"
	"slices"

	"github.com/acrhost/acrhost/host/config"
	"github.com/acrhost/acrhost/host/watch"
)

// pluginChanges tells when the file of a plugin changed; the zero value never does.
type pluginChanges struct{ watcher *watch.Watcher }

// watchPlugins watches the files of the configured plugins for who develops one. A
// plugin that is added later is watched after a restart.
func watchPlugins(cfg *config.Config, dev bool) (pluginChanges, error) {
	if !dev || len(cfg.Plugins) == 0 {
		return pluginChanges{}, nil
	}
	var paths []string
	for _, name := range slices.Sorted(maps.Keys(cfg.Plugins)) {
		if path := cfg.Plugins[name].Path; path != "" { // else it comes from elsewhere
			paths = append(paths, path)
		}
	}
	watcher, err := watch.Files(paths...)
	if err != nil {
		return pluginChanges{}, err
	}
	return pluginChanges{watcher}, nil
}

func (c pluginChanges) told() <-chan struct{} {
	if c.watcher == nil {
		return nil
	}
	return c.watcher.Changes()
}

func (c pluginChanges) close() {
	if c.watcher != nil {
		_ = c.watcher.Close() // it only ever read
	}
}

func warnOfDevelopment(out io.Writer) {
	fmt.Fprint(out, `
DEVELOPMENT MODE: plugins are taken as their files change, and what goes wrong in a step is
shown in the browser. Never serve real users like this.
`)
}
