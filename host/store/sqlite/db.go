package sqlite

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"runtime"
	"sync"
	"time"
)

// DB is a store.Store in a SQLite file. Safe for concurrent use, also with other
// processes that use the file.
type DB struct {
	now     func() time.Time
	writer  *writer
	readers *pool
	close   func() error // works once
}

// Open opens the file at path, or makes it with mode 0600, and brings its schema
// up to date.
func Open(ctx context.Context, path string) (*DB, error) {
	return OpenWithClock(ctx, path, time.Now)
}

// OpenWithClock is Open with the clock by which records expire.
func OpenWithClock(ctx context.Context, path string, now func() time.Time) (*DB, error) {
	db, err := open(ctx, path, now)
	if err != nil {
		return nil, fmt.Errorf("open store %q: %w", path, err)
	}
	return db, nil
}

func open(ctx context.Context, path string, now func() time.Time) (*DB, error) {
	if path == "" || path == ":memory:" {
		return nil, errors.New("not the name of a file")
	}
	if err := makeFile(path); err != nil {
		return nil, err
	}
	writer, err := openWriter(ctx, path)
	if err != nil {
		return nil, err
	}
	// query_only: a read that would write is a mistake, and fails. A reader waits for
	// nothing but the processor, so more of them gain little.
	readers := newPool(source(path, "query_only(1)"), max(4, runtime.GOMAXPROCS(0)))
	db := &DB{now: now, writer: writer, readers: readers}
	db.close = sync.OnceValue(func() error {
		return errors.Join(db.readers.close(), db.writer.close(), db.writer.recent.close())
	})
	return db, nil
}

// Close ends the store, once. A write that is under way is finished; a later one
// fails.
func (db *DB) Close() error { return db.close() }

// makeFile makes the file with a mode that SQLite would not choose by itself; it
// gives the files beside it the same. A file that exists is not opened: to close
// it again would drop the locks that this process holds on it (POSIX fcntl).
func makeFile(path string) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	switch {
	case errors.Is(err, fs.ErrExist):
		return nil
	case err != nil:
		return err
	}
	return f.Close()
}

// source is the driver's name of the file, with what each connection needs. The
// order counts: the wait comes before anything that may have to wait.
//
// synchronous=FULL syncs the log at each commit, so that not even the loss of
// power brings back a code that was used. NORMAL would be enough for a crash of
// the process and makes a single caller about three times as fast; with commits
// that many callers share, the difference is small (BenchmarkLogin).
func source(path string, more ...string) string {
	pragmas := append([]string{
		"busy_timeout(5000)",
		"journal_mode(WAL)",
		"synchronous(FULL)",
		"foreign_keys(1)",
		"trusted_schema(0)",
	}, more...)
	name := url.URL{Path: path}
	return "file:" + name.EscapedPath() + "?" + url.Values{"_pragma": pragmas}.Encode()
}
