package watch

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"time"

	"github.com/fsnotify/fsnotify"
)

// settle is how long nothing may change before a change is told: a compiler or an
// editor writes a file in many pieces. patience bounds the wait where it never ends.
const (
	settle   = 100 * time.Millisecond
	patience = 2 * time.Second
)

// Watcher watches until it is closed. It is safe for concurrent use.
type Watcher struct {
	notify  *fsnotify.Watcher
	wanted  func(path string) bool
	below   bool
	changes chan struct{}
	done    chan struct{}
}

// Tree watches a folder and what is below it, those folders too that are made later.
// ignored leaves out a file, or a folder with all of it; its argument is the path from
// the folder, with slashes.
func Tree(dir string, ignored func(path string) bool) (*Watcher, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("watch: %w", err)
	}
	w, err := start(true, func(path string) bool {
		from, err := filepath.Rel(dir, path)
		return err == nil && !ignored(filepath.ToSlash(from))
	})
	if err != nil {
		return nil, err
	}
	return w.with(w.add(dir))
}

// Files watches single files, which may be missing at first, or for a while: they are
// watched by the folders that they are in, so that one put in another's place counts.
func Files(paths ...string) (*Watcher, error) {
	var files, dirs []string
	for _, path := range paths {
		path, err := filepath.Abs(path)
		if err != nil {
			return nil, fmt.Errorf("watch: %w", err)
		}
		files = append(files, path)
		if dir := filepath.Dir(path); !slices.Contains(dirs, dir) {
			dirs = append(dirs, dir)
		}
	}
	w, err := start(false, func(path string) bool { return slices.Contains(files, path) })
	if err != nil {
		return nil, err
	}
	for _, dir := range dirs {
		err = errors.Join(err, w.notify.Add(dir))
	}
	return w.with(err)
}

func start(below bool, wanted func(string) bool) (*Watcher, error) {
	notify, err := fsnotify.NewWatcher()
	if err != nil {
		return nil, fmt.Errorf("watch: %w", err)
	}
	return &Watcher{notify: notify, wanted: wanted, below: below, changes: make(chan struct{}, 1), done: make(chan struct{})}, nil
}

// with starts telling, or gives up with err.
func (w *Watcher) with(err error) (*Watcher, error) {
	if err != nil {
		return nil, fmt.Errorf("watch: %w", errors.Join(err, w.notify.Close()))
	}
	go w.tell()
	return w, nil
}

// Changes gets a value after a change, one for all that came at once. It is never
// closed.
func (w *Watcher) Changes() <-chan struct{} { return w.changes }

// Close ends it.
func (w *Watcher) Close() error {
	err := w.notify.Close()
	<-w.done
	return err
}

// add watches a folder and what is below it.
func (w *Watcher) add(dir string) error {
	return filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) && path != dir {
			return nil // it went away meanwhile
		}
		if err != nil || !entry.IsDir() {
			return err
		}
		if path != dir && !w.wanted(path) {
			return filepath.SkipDir
		}
		return w.notify.Add(path)
	})
}

// tell tells of changes once they have settled.
func (w *Watcher) tell() {
	defer close(w.done)
	var quiet <-chan time.Time
	var since time.Time
	for {
		select {
		case event, open := <-w.notify.Events:
			if !open {
				return
			}
			if !w.counts(event) {
				continue
			}
			if quiet == nil {
				since = time.Now()
			}
			quiet = time.After(min(settle, max(0, patience-time.Since(since))))
		case _, open := <-w.notify.Errors:
			if !open {
				return
			}
			// Events were lost, perhaps the one that mattered.
			quiet = time.After(settle)
		case <-quiet:
			quiet = nil
			select {
			case w.changes <- struct{}{}:
			default: // one waits already
			}
		}
	}
}

// counts says whether an event is one to tell of. A new folder is watched from now on.
func (w *Watcher) counts(event fsnotify.Event) bool {
	if event.Op == fsnotify.Chmod || !w.wanted(event.Name) {
		return false
	}
	if w.below && event.Has(fsnotify.Create) {
		_ = w.add(event.Name) // a file, or already gone
	}
	return true
}
