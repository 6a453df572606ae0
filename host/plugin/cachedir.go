package plugin

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"time"

	"github.com/acrhost/acrhost/host/plugin/rewrite"
)

// cacheFolder keeps compiled code between starts. What lies there is run as it is, so
// the folder belongs to the host alone, and nothing in it is believed that does not
// carry the host's seal: an HMAC over every file of an entry, with a key that lies in
// the folder too. An entry that was damaged, came from another machine or was written
// by somebody else is deleted and made again.
//
// An entry is a folder, named for what was compiled, and by what: the module's digest, the
// limits that are written into it, and the versions of the rewriter and the engine. In it
// lie the rewritten module, hollow (hollow.go), what the rewriter knows of it, and the
// engine's code, which the engine keeps by its own version and the processor's features.
// So hosts of two versions that share a folder, as during an upgrade, have an entry each.
type cacheFolder struct {
	dir string
	key []byte
}

// Names in the cache folder.
const (
	keyFile    = "key"
	sealFile   = "seal" // of an entry, in its folder, as all the others
	moduleFile = "module.wasm"
	factsFile  = "facts.json"
)

// engineModule is the engine's, where no go.mod replaces it.
const engineModule = "github.com/tetratelabs/wazero"

// openCache opens a cache, or makes it. A folder that others can write to is an error,
// as the operator's mistake; one that can't be read or written to, as on a full disk, is
// done without: nil.
func openCache(dir string, log *slog.Logger) (*cacheFolder, error) {
	if err := privateDir(dir); err != nil {
		return nil, fmt.Errorf("cache for compiled plugins: %w", err)
	}
	key, err := cacheKey(filepath.Join(dir, keyFile))
	if err != nil {
		log.Warn("compiled code is neither kept nor found: its cache has no key", "error", err)
		return nil, nil
	}
	f := &cacheFolder{dir: dir, key: key}
	if err := f.prune(time.Now()); err != nil {
		log.Warn("old compiled code can't be deleted", "error", err)
	}
	return f, nil
}

// cacheKey reads the key, or makes one where there is none that only the host can
// read: then no seal fits any more.
func cacheKey(path string) ([]byte, error) {
	info, err := os.Lstat(path)
	if err == nil && info.Mode().IsRegular() && info.Mode().Perm()&0o077 == 0 && ownedByUs(info) {
		if key, err := os.ReadFile(path); err == nil && len(key) == sha256.Size {
			return key, nil
		}
	}
	key := make([]byte, sha256.Size)
	_, _ = rand.Read(key) // never fails: the process ends instead
	if err := os.RemoveAll(path); err != nil {
		return nil, err
	}
	return key, writeFile(path, key)
}

// writeFile writes a private file at once or not at all. Two hosts that start together
// on one folder may each write a key: the last one stays, and what the other sealed is
// made again.
func writeFile(path string, content []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*.tmp") // mode 0600
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return nil
}

// entry is the name of an entry.
func (k codeKey) entry() string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s %+v %s", k.digest, k.limits, engineVersion()))
	return fmt.Sprintf("rewrite-%d-%s", rewrite.Version, hex.EncodeToString(sum[:16]))
}

// engineVersion is what the engine takes for its version: that in the program's build
// information. There is none in the tests of a package.
func engineVersion() string {
	info, _ := debug.ReadBuildInfo()
	if info == nil {
		return ""
	}
	i := slices.IndexFunc(info.Deps, func(m *debug.Module) bool { return m.Path == engineModule })
	if i < 0 {
		return ""
	}
	return info.Deps[i].Version
}

// sealed says whether an entry is there and carries the host's seal.
func (f *cacheFolder) sealed(entry string) bool {
	path := filepath.Join(f.dir, entry, sealFile)
	if info, err := os.Lstat(path); err != nil || !info.Mode().IsRegular() {
		return false // a pipe would be waited for
	}
	seal, err := os.ReadFile(path)
	if err != nil {
		return false
	}
	sum, err := f.sum(entry, entry)
	return err == nil && hmac.Equal(seal, sum)
}

// seal seals what lies in a folder as an entry.
func (f *cacheFolder) seal(folder, entry string) error {
	sum, err := f.sum(folder, entry)
	if err != nil {
		return err
	}
	return writeFile(filepath.Join(f.dir, folder, sealFile), sum)
}

// publish makes a folder the entry, unless another host was first. In either case the
// folder is gone.
func (f *cacheFolder) publish(folder, entry string) error {
	err := f.seal(folder, entry)
	if err == nil {
		err = os.Rename(filepath.Join(f.dir, folder), filepath.Join(f.dir, entry))
	}
	if f.sealed(entry) {
		err = nil
	}
	return errors.Join(err, f.discard(folder))
}

// discard deletes a folder.
func (f *cacheFolder) discard(folder string) error {
	return os.RemoveAll(filepath.Join(f.dir, folder))
}

// sum is the HMAC over the entry's name and the names, lengths and contents of all
// files in a folder, which must be regular files that only the host can write to.
func (f *cacheFolder) sum(folder, entry string) ([]byte, error) {
	mac := hmac.New(sha256.New, f.key)
	files := 0
	err := filepath.WalkDir(filepath.Join(f.dir, folder), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || d.Name() == sealFile {
			return err
		}
		files++
		return addFile(mac, path, d)
	})
	if err == nil && files == 0 {
		err = errors.New("the entry is empty")
	}
	fmt.Fprintf(mac, "%s %d", entry, files)
	return mac.Sum(nil), err
}

func addFile(to io.Writer, path string, d fs.DirEntry) error {
	info, err := d.Info()
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() || info.Mode().Perm()&0o022 != 0 || !ownedByUs(info) {
		return fmt.Errorf("%s is not the host's own", path)
	}
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	fmt.Fprintf(to, "%s %d ", filepath.Base(path), info.Size())
	_, err = io.Copy(to, file)
	return err
}

// load reads an entry, or gives nil: it isn't there, or isn't sealed.
func (f *cacheFolder) load(entry string) *rewritten {
	if f == nil || !f.sealed(entry) {
		return nil
	}
	var w rewritten
	text, err := os.ReadFile(filepath.Join(f.dir, entry, factsFile))
	if err != nil || json.Unmarshal(text, &w.facts) != nil {
		return nil
	}
	if w.wasm, err = os.ReadFile(filepath.Join(f.dir, entry, moduleFile)); err != nil {
		return nil
	}
	return &w
}

// write puts into a folder what load reads.
func (f *cacheFolder) write(folder string, w *rewritten) error {
	text, err := json.Marshal(w.facts)
	if err != nil {
		return err
	}
	return errors.Join(
		writeFile(filepath.Join(f.dir, folder, factsFile), text),
		writeFile(filepath.Join(f.dir, folder, moduleFile), w.wasm))
}

// keep says that an entry was used: its age counts from now. Where that can't be
// written down, the entry is pruned some day and made again.
func (f *cacheFolder) keep(entry string) {
	now := time.Now()
	_ = os.Chtimes(filepath.Join(f.dir, entry), now, now)
}

func privateDir(dir string) error {
	info, err := os.Stat(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return os.MkdirAll(dir, 0o700)
	}
	if err != nil {
		return err
	}
	if !info.IsDir() {
		return fmt.Errorf("%s is no folder", dir)
	}
	if mode := info.Mode().Perm(); mode&0o022 != 0 {
		return fmt.Errorf("%s has mode %04o: others can write there what would be run as code; chmod go-w it", dir, mode)
	}
	if !ownedByUs(info) {
		return fmt.Errorf("%s belongs to another user, who could write there what would be run as code; choose another folder", dir)
	}
	return nil
}

// keepFor is how long an entry that nothing uses is kept.
const keepFor = 30 * 24 * time.Hour

// prune deletes entries that were made long ago, of modules and versions that are gone.
func (f *cacheFolder) prune(now time.Time) error {
	list, err := os.ReadDir(f.dir)
	if err != nil {
		return err
	}
	var errs []error
	for _, d := range list {
		info, err := d.Info()
		if err == nil && d.Name() != keyFile && now.Sub(info.ModTime()) > keepFor {
			errs = append(errs, os.RemoveAll(filepath.Join(f.dir, d.Name())))
		}
	}
	return errors.Join(errs...)
}
