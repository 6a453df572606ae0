package breached

import (
	"bytes"
	"crypto/sha1"
	"encoding/hex"
	"fmt"
	"io"
)

const (
	sumDigits  = 2 * sha1.Size
	ntlmDigits = 32
	// maxLine is the longest line: the hash, a colon, a count and a line end.
	maxLine = sumDigits + 1 + 20 + 2
	// samples is how many lines are compared to see whether a file is sorted.
	samples = 1000
)

// sums is a file of lines SHA1:COUNT in the order of the hashes.
type sums struct {
	file io.ReaderAt
	size int64
}

// line is one line of the file: where it begins, where the next one does, and its hash.
type line struct {
	start, next int64
	sum         []byte // in upper case
}

// has searches for the password's hash: some 36 reads in the whole download.
func (s *sums) has(password []byte) (bool, error) {
	sum := sha1.Sum(password) // the file's choice; it protects nothing here
	wanted := bytes.ToUpper([]byte(hex.EncodeToString(sum[:])))
	low, high := int64(0), s.size // lines that begin in between may be it
	for low < high {
		l, err := s.at(low + (high-low)/2)
		if err != nil {
			return false, err
		}
		switch order := bytes.Compare(l.sum, wanted); {
		case order == 0:
			return true, nil
		case order < 0:
			low = l.next
		default:
			high = l.start
		}
	}
	return false, nil
}

// at is the line that the byte at an offset belongs to.
func (s *sums) at(offset int64) (line, error) {
	from := max(0, offset-maxLine)
	window := make([]byte, min(s.size, offset+maxLine)-from)
	if n, err := s.file.ReadAt(window, from); n < len(window) {
		return line{}, fmt.Errorf("read breached passwords: %w", err)
	}
	begin := bytes.LastIndexByte(window[:offset-from], '\n') + 1
	text, _, ended := bytes.Cut(window[begin:], []byte("\n"))
	start := from + int64(begin)
	next := start + int64(len(text))
	if ended {
		next++
	}
	text = bytes.TrimSuffix(text, []byte("\r"))
	if begin == 0 && from > 0 || !ended && next < s.size || !isSum(text, sumDigits) {
		return line{}, fmt.Errorf("breached passwords: the line at byte %d is not SHA1:COUNT", start)
	}
	return line{start: start, next: next, sum: bytes.ToUpper(text[:sumDigits])}, nil
}

// sample compares lines from all over the file.
func (s *sums) sample() error {
	var before []byte
	for i := range int64(samples) {
		l, err := s.at((s.size - 1) * i / (samples - 1))
		if err != nil {
			return err
		}
		if bytes.Compare(before, l.sum) > 0 {
			return ErrUnsorted
		}
		before = l.sum
	}
	last, err := s.at(s.size - 1)
	if err == nil && bytes.Compare(before, last.sum) > 0 {
		err = ErrUnsorted
	}
	return err
}

// isSum says whether a line is a hash of so many digits, a colon and a count.
func isSum(text []byte, digits int) bool {
	if len(text) < digits+2 || text[digits] != ':' {
		return false
	}
	_, err := hex.Decode(make([]byte, digits/2), text[:digits])
	return err == nil && len(bytes.Trim(text[digits+1:], "0123456789")) == 0
}
