package vector

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// MaxFile is the longest file of vectors, in bytes.
const MaxFile = 4 << 20

// maxVectors is how many vectors a folder may hold.
const maxVectors = 10_000

// Read reads the vectors of a folder: every file whose name ends in .json or .txtar, in
// the order of their names. Folders in it, and other files, are left alone. What is wrong
// comes all at once, each with file and line; so does a name that comes twice. No vector
// at all is an error: a test of nothing must not pass.
func Read(fsys fs.FS, dir string) ([]Vector, error) {
	entries, err := fs.ReadDir(fsys, dir)
	if err != nil {
		return nil, fmt.Errorf("read vectors: %w", err)
	}
	var all []Vector
	var faults []error
	for _, e := range entries {
		name := path.Join(dir, e.Name())
		parse := parserOf(name)
		if e.IsDir() || parse == nil {
			continue
		}
		text, err := readFile(fsys, name)
		if err != nil {
			faults = append(faults, err)
			continue
		}
		vectors, wrong := parse(name, text)
		all, faults = append(all, vectors...), append(faults, wrong...)
	}
	faults = append(faults, twice(all)...)
	if len(all) == 0 && len(faults) == 0 {
		faults = append(faults, fmt.Errorf("there is no vector in %s: no file there ends in .json or .txtar", dir))
	}
	if len(faults) > 0 {
		return nil, errors.Join(faults...)
	}
	return all, nil
}

// parserOf is the parser for a file, by its name; nil: it holds no vectors.
func parserOf(name string) func(name string, text []byte) ([]Vector, []error) {
	switch strings.ToLower(path.Ext(name)) {
	case ".json":
		return parseJSON
	case ".txtar":
		return parseTxtar
	}
	return nil
}

func readFile(fsys fs.FS, name string) ([]byte, error) {
	info, err := fs.Stat(fsys, name)
	if err != nil {
		return nil, fmt.Errorf("read vectors: %w", err)
	}
	if !info.Mode().IsRegular() { // opening a pipe that nobody writes to never ends
		return nil, fmt.Errorf("%s: it is no regular file", name)
	}
	f, err := fsys.Open(name)
	if err != nil {
		return nil, fmt.Errorf("read vectors: %w", err)
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, MaxFile+1)) // whatever its size was a moment ago
	switch {
	case err != nil:
		return nil, fmt.Errorf("read vectors: %w", err)
	case len(text) > MaxFile:
		return nil, fmt.Errorf("%s: it is longer than %d MiB", name, MaxFile>>20)
	}
	return text, nil
}

// twice are the names that come more than once.
func twice(all []Vector) []error {
	var faults []error
	if len(all) > maxVectors {
		return []error{fmt.Errorf("there are more than %d vectors", maxVectors)}
	}
	seen := map[string]Vector{}
	for _, v := range all {
		if before, ok := seen[v.Name]; ok {
			faults = append(faults, fmt.Errorf("%s:%d: the name %q is that of %s:%d too", v.File, v.Line, v.Name, before.File, before.Line))
			continue
		}
		seen[v.Name] = v
	}
	return faults
}

// base is a file's name without folder and ending.
func base(name string) string {
	return strings.TrimSuffix(path.Base(name), path.Ext(name))
}

// lineAt is the line of an offset, from 1.
func lineAt(text []byte, offset int64) int {
	at := max(0, min(int(offset), len(text)))
	return 1 + bytes.Count(text[:at], []byte("\n"))
}

// capabilityName says whether a name could be a capability's.
func capabilityName(s string) bool {
	return s != "" && !slices.ContainsFunc([]byte(s), func(c byte) bool {
		return (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '_'
	})
}
