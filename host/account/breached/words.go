package breached

import (
	"bytes"
	"fmt"
	"hash/maphash"
	"io"
	"slices"
)

// words is a plain list, kept as 64 bits of each password: that another password
// has the same is less likely than any fault of the machine.
type words struct {
	seed   maphash.Seed
	hashes []uint64 // sorted
}

// load reads the file as a whole, line by line.
func load(f io.ReaderAt, size int64) (*words, error) {
	text, err := io.ReadAll(io.NewSectionReader(f, 0, min(size, MaxPlain)))
	if err != nil {
		return nil, fmt.Errorf("read breached passwords: %w", err)
	}
	w := &words{seed: maphash.MakeSeed(), hashes: make([]uint64, 0, bytes.Count(text, []byte("\n"))+1)}
	for password := range bytes.Lines(text) {
		if password = bytes.TrimRight(password, "\r\n"); len(password) > 0 {
			w.hashes = append(w.hashes, maphash.Bytes(w.seed, password))
		}
	}
	slices.Sort(w.hashes)
	w.hashes = slices.Compact(w.hashes)
	return w, nil
}

func (w *words) has(password []byte) bool {
	_, found := slices.BinarySearch(w.hashes, maphash.Bytes(w.seed, password))
	return found
}
