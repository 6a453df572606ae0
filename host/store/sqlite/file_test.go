package sqlite_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/acrhost/acrhost/host/store"
	"github.com/acrhost/acrhost/host/store/sqlite"
)

func record(id string) store.Record {
	return store.Record{Kind: store.Code, ID: id, Data: []byte("data"), ExpiresAt: time.Now().Add(time.Hour)}
}

func put(t testing.TB, db *sqlite.DB, id string) {
	t.Helper()
	if _, err := db.Put(t.Context(), record(id)); err != nil {
		t.Fatal(err)
	}
}

func TestFilesAreTheOwnersAlone(t *testing.T) {
	dir := t.TempDir()
	db := open(t, filepath.Join(dir, "a.db"), time.Now)
	put(t, db, "a")
	files, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(files) < 2 {
		t.Errorf("%d files, want the database and its log", len(files))
	}
	for _, f := range files {
		info, err := f.Info()
		if err != nil {
			t.Fatal(err)
		}
		if perm := info.Mode().Perm(); perm != 0o600 {
			t.Errorf("%s has mode %04o, want 0600", f.Name(), perm)
		}
	}
}

// A path is a path, whatever the driver's syntax makes of its characters.
func TestOddFileNames(t *testing.T) {
	for _, name := range []string{"with space.db", "q?mode=memory&x=1.db", "hash#.db", "percent%41.db", "quote'\".db", "é.db", "a:b.db", "-.db"} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			db, err := sqlite.Open(t.Context(), filepath.Join(dir, name))
			if err != nil {
				t.Fatal(err)
			}
			put(t, db, "a")
			if err := db.Close(); err != nil {
				t.Error(err)
			}
			files, err := os.ReadDir(dir)
			if err != nil || len(files) != 1 || files[0].Name() != name {
				t.Errorf("files %v, %v, want only %q", files, err, name)
			}
			again := open(t, filepath.Join(dir, name), time.Now)
			if _, err := again.Get(t.Context(), store.Code, "a"); err != nil {
				t.Errorf("after reopening: %v", err)
			}
		})
	}
}

func TestRelativeFileNames(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.Mkdir("data", 0o700); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"a.db", "./b.db", "data/c.db", "data/../d.db", "b:c.db"} {
		put(t, open(t, name, time.Now), "a")
		if info, err := os.Stat(name); err != nil || info.Size() == 0 {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestOpenRefuses(t *testing.T) {
	dir := t.TempDir()
	garbage := filepath.Join(dir, "garbage.db")
	if err := os.WriteFile(garbage, []byte(strings.Repeat("not a database ", 100)), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, path := range map[string]string{
		"no name":          "",
		"memory":           ":memory:",
		"a folder":         dir,
		"no such folder":   filepath.Join(dir, "absent", "a.db"),
		"another's format": garbage,
	} {
		if db, err := sqlite.Open(t.Context(), path); err == nil {
			t.Errorf("%s was opened", name)
			_ = db.Close()
		} else if !strings.Contains(err.Error(), "open store") {
			t.Errorf("%s: %v does not say what failed", name, err)
		}
	}
}

// Two hosts, or a host and the command, may start on a new file at once.
func TestOpenedByManyAtOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.db")
	var wg sync.WaitGroup
	dbs := make([]*sqlite.DB, 6)
	for i := range dbs {
		wg.Go(func() {
			db, err := sqlite.Open(t.Context(), path)
			if err != nil {
				t.Error(err)
				return
			}
			dbs[i] = db
		})
	}
	wg.Wait()
	for _, db := range dbs {
		if db != nil {
			defer db.Close()
		}
	}
	if t.Failed() {
		return
	}
	// All of them want the same code; all see what one of them wrote.
	put(t, dbs[0], "a")
	var won int
	for _, db := range dbs {
		switch _, err := db.Take(t.Context(), store.Code, "a"); {
		case err == nil:
			won++
		case !errors.Is(err, store.ErrNotFound):
			t.Error(err)
		}
	}
	if won != 1 {
		t.Errorf("%d hosts took one code", won)
	}
}

func TestClosedStoreSaysSo(t *testing.T) {
	db, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "a.db"))
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for {
				if _, err := db.Put(t.Context(), record(time.Now().String())); err != nil && !errors.Is(err, store.ErrConflict) {
					return // what matters: it returns
				}
			}
		})
	}
	time.Sleep(10 * time.Millisecond)
	if err := db.Close(); err != nil {
		t.Error(err)
	}
	wg.Wait()
	if _, err := db.Put(t.Context(), record("late")); err == nil {
		t.Error("a closed store took a write")
	}
	if _, err := db.Get(t.Context(), store.Code, "late"); err == nil || errors.Is(err, store.ErrNotFound) {
		t.Errorf("a closed store answers %v", err)
	}
	if err := db.Close(); err != nil {
		t.Errorf("closed twice: %v", err)
	}
}
