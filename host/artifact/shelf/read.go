package shelf

import (
	"errors"
	"fmt"
	"io"
	"os"
	"syscall"
)

// ReadRegular reads a regular file of at most so many bytes: not a device that never ends,
// nor a pipe that nobody writes to. The error of one that isn't there is fs.ErrNotExist.
func ReadRegular(path string, most int) ([]byte, error) {
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is no regular file", path)
	}
	// A pipe that took its place since is opened without waiting for a writer.
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	switch info, err := f.Stat(); {
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("%s is no regular file", path)
	}
	content, err := ReadBounded(f, most)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return content, nil
}

// errLong is content that is longer than may be read.
var errLong = errors.New("more")

// ReadBounded reads all there is, if that isn't longer than most bytes.
func ReadBounded(r io.Reader, most int) ([]byte, error) {
	content, err := io.ReadAll(io.LimitReader(r, int64(most)+1))
	if err != nil {
		return nil, err
	}
	if len(content) > most {
		return nil, fmt.Errorf("it has %w than %d bytes", errLong, most)
	}
	return content, nil
}
