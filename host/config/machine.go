package config

import (
	"io"
	"os"
	"syscall"
)

// readFile reads a file of this machine, and of one that is longer than MaxFile a byte more
// than that. It may be a pipe: a shell's <(…) is one. One that nobody writes to is empty,
// and a device, which never ends, is too long: a configuration is checked out of a
// repository with its links, and then checked by a machine that nobody looks at.
func readFile(path string) ([]byte, error) {
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, MaxFile+1))
}
