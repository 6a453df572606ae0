package breached

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
)

// MaxPlain is the largest plain list that is loaded, in bytes. It takes a little
// less memory than that.
const MaxPlain = 64 << 20

// What can be wrong with a file; the errors say what to do.
var (
	ErrEmpty    = errors.New("it is empty; one password a line, or the Have I Been Pwned download, is expected")
	ErrTooLarge = fmt.Errorf("a plain list may have %d MiB at most; for more, use the SHA-1 download of Have I Been Pwned, which is not loaded", MaxPlain>>20)
	ErrNTLM     = errors.New("it holds NTLM hashes; take the SHA-1 download of Have I Been Pwned")
	ErrUnsorted = errors.New("its hashes are not sorted; take the download that is ordered by hash, or sort it: LC_ALL=C sort")
	ErrNoFile   = errors.New("it is not a regular file")
)

// File is what a list is read from.
type File interface {
	io.ReaderAt
	Stat() (fs.FileInfo, error)
}

// List is a list of breached passwords. It is safe for concurrent use.
type List struct {
	sums  *sums
	words *words
}

// Open opens the list in a file, and loads it when it is a plain one. The file of
// the other kind stays open until nothing refers to the list: os.File closes itself.
func Open(path string) (*List, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	sorted, size, err := inspect(f)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", path, err), f.Close())
	}
	if sorted {
		return &List{sums: &sums{file: f, size: size}}, nil
	}
	w, err := load(f, size)
	if err := errors.Join(err, f.Close()); err != nil {
		return nil, fmt.Errorf("load %s: %w", path, err)
	}
	return &List{words: w}, nil
}

// Check says what is wrong with a file. It looks at samples and loads nothing.
func Check(f File) error {
	_, _, err := inspect(f)
	return err
}

// Has says whether a password is on the list.
func (l *List) Has(password []byte) (bool, error) {
	if l.words != nil {
		return l.words.has(password), nil
	}
	return l.sums.has(password)
}

// inspect tells which kind of file it is, and whether it can be used.
func inspect(f File) (sorted bool, size int64, err error) {
	info, err := f.Stat()
	if err != nil {
		return false, 0, err
	}
	if !info.Mode().IsRegular() {
		return false, 0, ErrNoFile
	}
	head := make([]byte, maxLine)
	n, err := f.ReadAt(head, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return false, 0, err
	}
	first, _, _ := bytes.Cut(head[:n], []byte("\n"))
	size = info.Size()
	switch first = bytes.TrimSuffix(first, []byte("\r")); {
	case n == 0:
		return false, 0, ErrEmpty
	case isSum(first, sumDigits):
		return true, size, (&sums{file: f, size: size}).sample()
	case isSum(first, ntlmDigits):
		return false, 0, ErrNTLM
	case size > MaxPlain:
		return false, 0, ErrTooLarge
	}
	return false, size, nil
}
