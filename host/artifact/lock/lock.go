package lock

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"regexp"

	"github.com/BurntSushi/toml"

	"github.com/acrhost/acrhost/host/artifact"
	"github.com/acrhost/acrhost/host/artifact/shelf"
)

// Name is the lock's file name. It lies beside the main configuration file.
const Name = "acrhost.lock"

// maxFile is the longest lock file that is read, in bytes.
const maxFile = 4 << 20

// format is the version of the file's form. In 1 the steps' asks were one list.
const format = 2

// File is a lock file.
type File struct {
	Format  int              `toml:"format"`
	Plugins map[string]Entry `toml:"plugins"` // by their names in the configuration
}

// Entry is what is locked of one plugin.
type Entry struct {
	Name    string `toml:"name"` // the manifest's
	Version string `toml:"version"`
	Source  string `toml:"source,omitempty"` // as in the configuration; empty: a file
	// Artifact is the digest of the OCI manifest, by which it is fetched.
	Artifact string `toml:"artifact,omitempty"`
	Digest   string `toml:"digest"` // of the module
	Signer   string `toml:"signer,omitempty"`
	KeyID    string `toml:"kid,omitempty"`
	// Signature is the compact JWS: who starts without a network can check it again.
	Signature string `toml:"signature,omitempty"`
	// Asks are by the names of the steps.
	Asks artifact.AllAsks `toml:"asks"`
}

// Read reads a lock file. A missing one is empty.
func Read(path string) (File, error) {
	f := File{Format: format, Plugins: map[string]Entry{}}
	if path == "" {
		return f, nil
	}
	text, err := shelf.ReadRegular(path, maxFile)
	if errors.Is(err, fs.ErrNotExist) {
		return f, nil
	}
	if err != nil {
		return f, fmt.Errorf("read the lock: %w", err)
	}
	if f, err = Parse(text); err != nil {
		return f, fmt.Errorf("%s: %w", path, err)
	}
	return f, nil
}

// Parse reads a lock strictly: what isn't understood may be a restriction.
func Parse(text []byte) (File, error) {
	if err := checkFormat(text); err != nil {
		return File{}, err
	}
	f := File{}
	meta, err := toml.Decode(string(text), &f)
	if err != nil {
		return File{}, fmt.Errorf("not a lock: %w", err)
	}
	if unknown := meta.Undecoded(); len(unknown) > 0 {
		return File{}, fmt.Errorf("not a lock: unknown key %s", unknown[0])
	}
	if f.Plugins == nil && meta.IsDefined("plugins") {
		return File{}, errors.New("not a lock: plugins is no table") // the library passes over it
	}
	if f.Plugins == nil {
		f.Plugins = map[string]Entry{}
	}
	for name, e := range f.Plugins {
		if !isDigest(e.Digest) || e.Artifact != "" && !isDigest(e.Artifact) {
			return File{}, fmt.Errorf("not a lock: the plugin %q has no digest", name)
		}
	}
	return f, nil
}

// checkFormat comes first: what another format has means something else.
func checkFormat(text []byte) error {
	var f struct {
		Format int `toml:"format"`
	}
	if _, err := toml.Decode(string(text), &f); err != nil {
		return fmt.Errorf("not a lock: %w", err)
	}
	if f.Format != format {
		return fmt.Errorf("its format is %d, this acrhost knows %d", f.Format, format)
	}
	return nil
}

func isDigest(s string) bool { return regexp.MustCompile(`^sha256:[0-9a-f]{64}$`).MatchString(s) }

// head begins a lock file.
const head = `# Made by "acrhost plugin lock": the plugins that this configuration may load. Keep it
# beside the configuration, under version control, and don't edit it.
`

// Text is the file as Parse reads it, the same bytes for the same content.
func (f File) Text() ([]byte, error) {
	f.Format = format
	var b bytes.Buffer
	b.WriteString(head)
	e := toml.NewEncoder(&b)
	e.Indent = ""
	if err := e.Encode(f); err != nil {
		return nil, fmt.Errorf("write the lock: %w", err)
	}
	return b.Bytes(), nil
}

// Write writes the lock file, as a whole or not at all.
func (f File) Write(path string) error {
	text, err := f.Text()
	if err != nil {
		return err
	}
	return shelf.WriteFile(path, text, 0o644)
}
