package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/acrhost/acrhost/host/journey"
)

// MaxFile is the largest configuration file that is read, in bytes.
const MaxFile = 1 << 20

// topLevel names the main table in messages.
const topLevel = "the configuration"

// Source is where a configuration comes from: a machine, or a test's memory. A nil
// function finds nothing.
type Source struct {
	ReadFile func(path string) ([]byte, error)
	// Open is for files that are too large to read as a whole.
	Open      func(path string) (fs.File, error)
	Glob      func(pattern string) ([]string, error)
	LookupEnv func(name string) (string, bool)
	// UserCacheDir is asked only when the configuration has no cache_dir.
	UserCacheDir func() (string, error)
}

// Machine is the files and the environment of this process.
func Machine() Source {
	return Source{
		ReadFile: readFile, Glob: filepath.Glob, LookupEnv: os.LookupEnv, UserCacheDir: os.UserCacheDir,
		Open: func(path string) (fs.File, error) { return os.Open(path) },
	}
}

// FS is the files of a file system, without an environment. A path in it has
// slashes and no leading dot.
func FS(fsys fs.FS) Source {
	return Source{
		ReadFile: func(path string) ([]byte, error) { return fs.ReadFile(fsys, filepath.ToSlash(path)) },
		Open:     func(path string) (fs.File, error) { return fsys.Open(filepath.ToSlash(path)) },
		Glob:     func(pattern string) ([]string, error) { return fs.Glob(fsys, filepath.ToSlash(pattern)) },
	}
}

// Load reads a configuration from this machine. The error is Faults, all of them.
func Load(path string) (*Config, error) { return Machine().Load(path) }

// Parse reads a configuration of one file from memory; name stands for it in
// faults, and its folder is where relative paths begin.
func Parse(name string, data []byte) (*Config, error) {
	one := Source{ReadFile: func(string) ([]byte, error) { return data, nil }}
	return one.Load(name)
}

// Load reads a configuration. The error is Faults, all of them.
func (s Source) Load(path string) (*Config, error) {
	c, faults := s.Inspect(path)
	if len(faults) > 0 {
		return nil, faults
	}
	return c, nil
}

// Inspect reads what can be understood of a configuration, and says all that is
// wrong with it. It is for a check that wants to look at the journeys too: a
// configuration with faults must never be served.
func (s Source) Inspect(path string) (*Config, Faults) {
	r := &reader{env: s.lookupEnv, open: nowhere}
	if s.Open != nil {
		r.open = s.Open
	}
	root, files := r.readAll(s, path)
	c := defaults()
	c.Files = files
	if root != nil {
		r.config(root, c)
		r.cacheDir(s, root, c)
	}
	return c, r.faults.Sort()
}

func (s Source) lookupEnv(name string) (string, bool) {
	if s.LookupEnv == nil {
		return "", false
	}
	return s.LookupEnv(name)
}

// cacheDir falls back to the user's cache folder. It never falls back to a folder
// that others can write to: what is cached there is run.
func (r *reader) cacheDir(s Source, root *node, c *Config) {
	if c.CacheDir != "" || s.UserCacheDir == nil {
		return
	}
	dir, err := s.UserCacheDir()
	if err != nil {
		r.fault(root.pos, "set cache_dir", "there is no user's cache folder: %v", err)
		return
	}
	c.CacheDir = filepath.Join(dir, "acrhost")
}

// readAll reads the main file and what it includes, each file once, and joins
// them. It gives the files' names in the order they were read.
func (r *reader) readAll(s Source, path string) (*node, []string) {
	var root *node
	var files []string
	queue := []included{{path: path, pos: journey.Pos{File: path, Line: 1}}}
	for len(queue) > 0 {
		next := queue[0]
		queue = queue[1:]
		if slices.Contains(files, next.path) {
			continue
		}
		files = append(files, next.path)
		doc := r.readFile(s, next)
		if doc == nil {
			continue
		}
		queue = append(queue, r.includes(s, doc)...)
		if root == nil {
			root = doc
			continue
		}
		r.join(root, doc, nil)
	}
	return root, files
}

// included is a file that is to be read, and the place that asks for it.
type included struct {
	path string
	pos  journey.Pos
}

func (r *reader) readFile(s Source, f included) *node {
	data, err := s.ReadFile(f.path)
	if err != nil {
		r.fault(f.pos, "", "%s can't be read: %v", quoted(f.path), reason(err))
		return nil
	}
	if len(data) > MaxFile {
		r.fault(f.pos, "split it with include", "%s has more than %d bytes", quoted(f.path), MaxFile)
		return nil
	}
	doc, fault := parse(f.path, data)
	if fault != nil {
		r.faults = append(r.faults, *fault)
		return nil
	}
	return doc
}

// reason is an error without the path that the message has already.
func reason(err error) error {
	if p, ok := errors.AsType[*fs.PathError](err); ok {
		return p.Err
	}
	return err
}

// includes takes include out of a file and gives the files that it names.
func (r *reader) includes(s Source, doc *node) []included {
	t := r.table(doc, topLevel)
	n := t.take("include")
	if n == nil {
		return nil
	}
	var patterns []string
	t.texts("include", &patterns)
	delete(t.members(), "include") // it is this file's own, not the joined whole's
	var all []included
	for _, p := range patterns {
		found, err := s.find(n.beside(p))
		if err != nil {
			r.fault(n.pos, "paths are relative to this file", "include %s: %v", quoted(p), err)
		}
		for _, path := range found {
			all = append(all, included{path: path, pos: n.pos})
		}
	}
	return all
}

// find gives the files of one include, sorted. A pattern that finds nothing is
// an error: it is a typing mistake more often than an empty folder.
func (s Source) find(pattern string) ([]string, error) {
	if !strings.ContainsAny(pattern, `*?[`) {
		return []string{pattern}, nil
	}
	if s.Glob == nil {
		return nil, errors.New("there is nothing to include from")
	}
	found, err := s.Glob(pattern)
	if err != nil {
		return nil, fmt.Errorf("not a pattern: %w", err)
	}
	if len(found) == 0 {
		return nil, errors.New("no such file")
	}
	slices.Sort(found)
	return found, nil
}
