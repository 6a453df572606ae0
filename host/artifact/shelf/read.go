package shelf

import (
	"bytes"
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
	info, err := f.Stat()
	switch {
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("%s is no regular file", path)
	}
	content, err := readBounded(f, most, int(min(info.Size(), int64(most))))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return content, nil
}

// errLong is content that is longer than may be read.
var errLong = errors.New("more")

// ReadBounded reads all there is, if that isn't longer than most bytes.
func ReadBounded(r io.Reader, most int) ([]byte, error) { return readBounded(r, most, 0) }

// readBounded is ReadBounded where about so many bytes are expected: a large module is then
// not copied again and again.
func readBounded(r io.Reader, most, size int) ([]byte, error) {
	content := bytes.NewBuffer(make([]byte, 0, size+bytes.MinRead))
	if _, err := content.ReadFrom(io.LimitReader(r, int64(most)+1)); err != nil {
		return nil, err
	}
	if content.Len() > most {
		return nil, fmt.Errorf("it has %w than %d bytes", errLong, most)
	}
	return content.Bytes(), nil
}
