//go:build unix

package sqlite

import (
	"context"
	"fmt"
	"sync/atomic"
	"syscall"
	"unsafe"
)

// logIndex is the head of the index of SQLite's log, in memory that all processes share which
// use the file. Whoever commits changes it, and readers of SQLite tell by it, as this package
// does, whether what they have is still so (https://sqlite.org/walformat.html, 2.1).
type logIndex struct{ head *stamp }

// openLogIndex maps the index of a connection's file.
//
// The descriptor is never closed, which costs one for each store that a process opens: to
// close it would drop the locks that SQLite holds on the file for this process (POSIX fcntl),
// also those of another store.
func openLogIndex(ctx context.Context, s *statements) (*logIndex, error) {
	// SQLite has found its way through links. To read makes the index, where it is not.
	file, err := one(ctx, s, scanText, "SELECT file FROM pragma_database_list, sqlite_schema WHERE pragma_database_list.name = 'main'")
	if err != nil {
		return nil, fmt.Errorf("find the log's index: %w", err)
	}
	fd, err := syscall.Open(file+"-shm", syscall.O_RDONLY|syscall.O_CLOEXEC, 0)
	if err != nil {
		return nil, fmt.Errorf("open the log's index: %w", err)
	}
	page, err := syscall.Mmap(fd, 0, syscall.Getpagesize(), syscall.PROT_READ, syscall.MAP_SHARED)
	if err != nil {
		return nil, fmt.Errorf("map the log's index: %w", err)
	}
	return &logIndex{head: (*stamp)(unsafe.Pointer(&page[0]))}, nil
}

// now is the head as it is. One that is being written is like none before.
func (i *logIndex) now() (s stamp) {
	for n := range s {
		s[n] = atomic.LoadUint32(&i.head[n])
	}
	return s
}

// close is called when SQLite has closed the file.
func (i *logIndex) close() error {
	return syscall.Munmap(unsafe.Slice((*byte)(unsafe.Pointer(i.head)), syscall.Getpagesize()))
}
