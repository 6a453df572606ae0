package plugin

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/acrhost/acrhost/host/plugin/rewrite"
)

// In the cache, a module lies hollow: without the bodies of its functions, beside the code
// that was compiled from them. An engine that finds that code decodes the bodies all the
// same, checks them and keeps them for as long as it lives, and uses none of it. They
// were checked when the code was made, and the seal says that this is the code.
//
// The engine looks code up by the digest of what it is to compile. So the code of the
// whole module is put where it looks for that of the hollow one.

// hollow compiles a module into a folder, as its hollow one's code, and gives the latter.
func (r *Runtime) hollow(ctx context.Context, m *rewrite.Module, folder string, whole *rewritten) (*rewritten, error) {
	wasm, err := rewrite.Hollow(whole.wasm)
	if err != nil {
		return nil, err
	}
	hollow := &rewritten{wasm, whole.facts}
	code, err := r.trial(ctx, m, folder, whole)
	if err != nil {
		return nil, err
	}
	trap, err := r.trial(ctx, m, filepath.Join(folder, "trap"), hollow)
	if err != nil {
		return nil, err
	}
	return hollow, errors.Join(
		os.Rename(code, filepath.Join(filepath.Dir(code), filepath.Base(trap))),
		r.folder.discard(filepath.Join(folder, "trap")))
}

// trial compiles only to have the engine's file in a folder, and says where it is.
func (r *Runtime) trial(ctx context.Context, m *rewrite.Module, folder string, w *rewritten) (string, error) {
	var c code
	err := r.compileIn(ctx, &c, m, folder, w)
	if err = errors.Join(err, c.close(ctx)); err != nil {
		return "", err
	}
	path, _, err := r.folder.engineFile(folder)
	return path, err
}

// compileHollow compiles with the code that lies in a folder. If the engine doesn't take
// that, as on another processor, it has compiled what only traps: an error.
func (r *Runtime) compileHollow(ctx context.Context, c *code, m *rewrite.Module, folder string, w *rewritten) error {
	path, before, err := r.folder.engineFile(folder)
	if err != nil {
		return err
	}
	if err := r.compileIn(ctx, c, m, folder, w); err != nil {
		return err
	}
	again, after, err := r.folder.engineFile(folder)
	if err == nil && (path != again || !os.SameFile(before, after) || !before.ModTime().Equal(after.ModTime()) || before.Size() != after.Size()) {
		err = errors.New("the engine did not use it")
	}
	return err
}

// engineFile is the only file that an engine keeps in a folder. It lies in a folder of its
// own there, named for the engine's version.
func (f *cacheFolder) engineFile(folder string) (path string, info fs.FileInfo, err error) {
	files := 0
	root := filepath.Join(f.dir, folder)
	err = filepath.WalkDir(root, func(at string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Dir(at) == root {
			return err
		}
		files++
		path = at
		info, err = d.Info()
		return err
	})
	if err == nil && files != 1 {
		err = fmt.Errorf("the engine has %d files, expected 1", files)
	}
	return path, info, err
}
