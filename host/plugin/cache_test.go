package plugin_test

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"github.com/acrhost/acrhost/host/plugin"
	"github.com/acrhost/acrhost/sdk/go/abi"
)

// coded is a reactor whose outcome is in its code, not in its data: who runs other code
// answers otherwise.
func coded(letter byte) string {
	return fmt.Sprintf(`(module
  (import "acrhost_v1" "output_write" (func $write (param i32 i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "{\"outcome\":\"?\"}")
  (func (export "acrhost_step_v1") (result i32)
    (i32.store8 (i32.const 12) (i32.const %d))
    (call $write (i32.const 0) (i32.const 15))
    (i32.const 0)))`, letter)
}

// shelf is a cache folder with the code of one module in it.
type shelf struct {
	t      *testing.T
	dir    string
	wasm   []byte
	letter string
}

func newShelf(t *testing.T, letter byte) *shelf {
	t.Helper()
	s := &shelf{t: t, dir: filepath.Join(t.TempDir(), "cache"), wasm: wat(t, coded(letter)), letter: string(letter)}
	s.answers()
	return s
}

// answers holds that a host which starts on the folder gets the module's own answer.
func (s *shelf) answers() {
	s.t.Helper()
	r, err := plugin.New(s.t.Context(), plugin.Config{CacheDir: s.dir})
	if err != nil {
		s.t.Fatal(err)
	}
	defer r.Close(context.Background())
	s.answersOn(r)
}

func (s *shelf) answersOn(r *plugin.Runtime) {
	s.t.Helper()
	m, err := r.Load(s.t.Context(), plugin.Spec{Name: "cached", Wasm: s.wasm, Mode: plugin.Fresh})
	if err != nil {
		s.t.Error(err)
		return
	}
	defer m.Close(context.Background())
	res, err := m.Call(s.t.Context(), abi.Input{}, nil)
	if err != nil || res.Output.Outcome != s.letter {
		s.t.Errorf("the answer is %q, %v, want %q", res.Output.Outcome, err, s.letter)
	}
}

// one is the only file that a pattern finds in the folder.
func (s *shelf) one(pattern string) string {
	s.t.Helper()
	list, err := filepath.Glob(filepath.Join(s.dir, pattern))
	if err != nil || len(list) != 1 {
		s.t.Fatalf("%s: found %q, %v", pattern, list, err)
	}
	return list[0]
}

func (s *shelf) entry() string { return s.one("rewrite-*") }
func (s *shelf) code() string  { return s.one("rewrite-*/*/*") } // what the engine wrote
func (s *shelf) seal() string  { return s.one("rewrite-*/seal") }

func (s *shelf) read(path string) []byte {
	s.t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		s.t.Fatal(err)
	}
	return b
}

func (s *shelf) write(path string, b []byte) {
	s.t.Helper()
	if err := os.WriteFile(path, b, 0o600); err != nil {
		s.t.Fatal(err)
	}
}

func (s *shelf) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

// TestSpoiltCache spoils what lies in the cache, each time in another way. The module
// answers as ever, and the cache holds again what it should: a regular file of the
// host's with the right code.
func TestSpoiltCache(t *testing.T) {
	s, other, stranger := newShelf(t, 'a'), newShelf(t, 'b'), newShelf(t, 'a')
	code, seal := s.read(s.code()), s.read(s.seal())
	rewrite := func(path func() string, change func([]byte) []byte) func() {
		return func() { s.write(path(), change(slices.Clone(s.read(path())))) }
	}
	flip := func(at int) func([]byte) []byte {
		return func(b []byte) []byte { b[(at+len(b))%len(b)] ^= 1; return b }
	}
	cut := func(to int) func([]byte) []byte {
		return func(b []byte) []byte { return b[:(to+len(b))%len(b)] }
	}
	ways := map[string]func(){
		"seal of nothing":            rewrite(s.seal, cut(0)),
		"short seal":                 rewrite(s.seal, cut(-1)),
		"no seal":                    func() { s.must(os.Remove(s.seal())) },
		"no code":                    func() { s.must(os.Remove(s.code())) },
		"something appended":         rewrite(s.code, func(b []byte) []byte { return append(b, 0) }),
		"another module's code":      func() { s.write(s.code(), other.read(other.code())) },
		"a file beside it":           func() { s.write(s.code()+".more", []byte("x")) },
		"another key":                func() { s.write(filepath.Join(s.dir, "key"), bytes.Repeat([]byte{1}, 32)) },
		"a short key":                func() { s.write(filepath.Join(s.dir, "key"), nil) },
		"no key":                     func() { s.must(os.Remove(filepath.Join(s.dir, "key"))) },
		"a key that others can read": func() { s.must(os.Chmod(filepath.Join(s.dir, "key"), 0o644)) },
		"a folder as the key": func() {
			s.must(os.Remove(filepath.Join(s.dir, "key")))
			s.must(os.Mkdir(filepath.Join(s.dir, "key"), 0o700))
		},
		"code that others can write": func() { s.must(os.Chmod(s.code(), 0o666)) },
		"a link to the right code": func() {
			away, at := filepath.Join(t.TempDir(), "code"), s.code()
			s.must(os.Rename(at, away))
			s.must(os.Symlink(away, at))
		},
		"a link to the whole entry": func() {
			away, entry := filepath.Join(t.TempDir(), "entry"), s.entry()
			s.must(os.Rename(entry, away))
			s.must(os.Symlink(away, entry))
		},
		"a file as the entry": func() {
			entry := s.entry()
			s.must(os.RemoveAll(entry))
			s.write(entry, []byte("x"))
		},
		"an entry of another folder": func() {
			entry := s.entry()
			s.must(os.RemoveAll(entry))
			s.must(os.CopyFS(entry, os.DirFS(stranger.entry())))
		},
		"another module's entry": func() {
			entry := s.entry()
			s.must(os.RemoveAll(entry))
			s.must(os.CopyFS(entry, os.DirFS(other.entry())))
			s.write(filepath.Join(s.dir, "key"), other.read(filepath.Join(other.dir, "key")))
		},
	}
	for at := 0; at < len(code); at += 1 + len(code)/40 {
		ways[fmt.Sprintf("byte %d of the code", at)] = rewrite(s.code, flip(at))
		ways[fmt.Sprintf("the first %d bytes of the code", at)] = rewrite(s.code, cut(at))
	}
	ways["the last byte of the code"] = rewrite(s.code, flip(-1))
	for at := range seal {
		ways[fmt.Sprintf("byte %d of the seal", at)] = rewrite(s.seal, flip(at))
	}
	for name, spoil := range ways {
		t.Run(name, func(t *testing.T) {
			s.t = t
			spoil()
			s.answers()
			info, err := os.Lstat(s.code())
			if err != nil || !info.Mode().IsRegular() || info.Mode().Perm() != 0o600 || !bytes.Equal(s.read(s.code()), code) {
				t.Errorf("the cache was not made again: %v, %v", info, err)
			}
			kept := s.read(s.seal())
			if s.answers(); !bytes.Equal(kept, s.read(s.seal())) {
				t.Error("what was made again is not used")
			}
		})
	}
}

// TestPlantedCode swaps the engine's files of two modules, under their names. Each
// still gives its own answer.
func TestPlantedCode(t *testing.T) {
	a := newShelf(t, 'a')
	code := a.code()
	b := &shelf{t: t, dir: a.dir, wasm: wat(t, coded('b')), letter: "b"}
	b.answers()
	list, err := filepath.Glob(filepath.Join(a.dir, "rewrite-*/*/*"))
	if err != nil || len(list) != 2 {
		t.Fatalf("found %q, %v", list, err)
	}
	other := list[0]
	if other == code {
		other = list[1]
	}
	ofA, ofB := a.read(code), a.read(other)
	if bytes.Equal(ofA, ofB) {
		t.Fatal("both modules have the same code")
	}
	a.write(code, ofB)
	a.write(other, ofA)
	a.answers()
	b.answers()
}

// TestCacheGoesAway takes the folder from a host that runs. It does without.
func TestCacheGoesAway(t *testing.T) {
	for name, spoil := range map[string]func(*shelf){
		"deleted": func(s *shelf) { s.must(os.RemoveAll(s.dir)) },
		"a file instead": func(s *shelf) {
			s.must(os.RemoveAll(s.dir))
			s.write(s.dir, nil)
		},
		"read only": func(s *shelf) { // nothing to root
			s.must(os.RemoveAll(s.entry()))
			s.must(os.Chmod(s.dir, 0o500))
		},
		"unreadable": func(s *shelf) { s.must(os.Chmod(s.dir, 0)) },
	} {
		t.Run(name, func(t *testing.T) {
			s := newShelf(t, 'a')
			r := newRuntime(t, plugin.Config{CacheDir: s.dir})
			spoil(s)
			s.answersOn(r)
			_ = os.Chmod(s.dir, 0o700) // so that it can be deleted, where it is there
		})
	}
}

// TestHostsShareACache starts hosts together on one folder that isn't there yet, and
// loads the same modules on all of them.
func TestHostsShareACache(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "cache")
	shelves := make([]*shelf, 4)
	for n := range shelves {
		letter := byte('a' + n)
		shelves[n] = &shelf{t: t, dir: dir, wasm: wat(t, coded(letter)), letter: string(letter)}
	}
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			for range 5 {
				r, err := plugin.New(t.Context(), plugin.Config{CacheDir: dir})
				if err != nil {
					t.Error(err)
					return
				}
				for _, s := range shelves {
					s.answersOn(r)
				}
				if err := r.Close(context.Background()); err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
	if left, err := filepath.Glob(filepath.Join(dir, "*.tmp")); err != nil || len(left) > 0 {
		t.Errorf("left behind: %q, %v", left, err)
	}
}

// TestOtherProcessorsCode puts a sealed entry where the engine finds none of its code, as
// one that was made on another processor: what it would compile then only traps.
func TestOtherProcessorsCode(t *testing.T) {
	s := newShelf(t, 'a')
	code := s.code()
	s.must(os.Rename(code, filepath.Join(filepath.Dir(code), "of-another-processor")))
	s.sealAgain()
	s.answers()
	if s.code() != code {
		t.Errorf("the cache has %s, want %s", s.code(), code)
	}
}

// sealAgain seals what lies in the entry, as only the host can.
func (s *shelf) sealAgain() {
	s.t.Helper()
	mac := hmac.New(sha256.New, s.read(filepath.Join(s.dir, "key")))
	files := 0
	s.must(filepath.WalkDir(s.entry(), func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && d.Name() != "seal" {
			files++
			content := s.read(path)
			fmt.Fprintf(mac, "%s %d %s", d.Name(), len(content), content)
		}
		return err
	}))
	fmt.Fprintf(mac, "%s %d", filepath.Base(s.entry()), files)
	s.write(s.seal(), mac.Sum(nil))
}
