package artifact

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"unicode/utf8"
)

// Section is the name of the custom section that holds the manifest.
const Section = "acrhost.manifest"

// MaxModule is the largest module that is read, in bytes.
const MaxModule = 64 << 20

// header begins every module: the magic number and version 1 of the binary format
// (core specification 5.5.16).
const header = "\x00asm\x01\x00\x00\x00"

// custom is the id of a custom section (core specification 5.5.3).
const custom = 0

// section is a section of a module: its frame, and where it lies in the file.
type section struct {
	id         byte
	name       string // of a custom section
	content    []byte // without the name
	start, end int
}

// sections reads the frames of a module, and nothing in them but the names of custom
// sections.
func sections(wasm []byte) ([]section, error) {
	if !bytes.HasPrefix(wasm, []byte(header)) {
		return nil, errors.New("it is no WebAssembly module of version 1")
	}
	var all []section
	for at := len(header); at < len(wasm); {
		s, err := frame(wasm, at)
		if err != nil {
			return nil, fmt.Errorf("section at byte %d: %w", at, err)
		}
		all = append(all, s)
		at = s.end
	}
	return all, nil
}

func frame(wasm []byte, at int) (section, error) {
	s := section{id: wasm[at], start: at}
	size, n := u32(wasm[at+1:])
	if n == 0 {
		return s, errors.New("its size is not a number")
	}
	from := at + 1 + n
	if uint64(size) > uint64(len(wasm)-from) {
		return s, fmt.Errorf("it has %d bytes, the file only %d more", size, len(wasm)-from)
	}
	s.end = from + int(size)
	s.content = wasm[from:s.end]
	if s.id != custom {
		return s, nil
	}
	length, n := u32(s.content)
	if n == 0 || uint64(length) > uint64(len(s.content)-n) {
		return s, errors.New("its name is cut off")
	}
	name := s.content[n : n+int(length)]
	if !utf8.Valid(name) {
		return s, errors.New("its name is not UTF-8")
	}
	s.name, s.content = string(name), s.content[n+int(length):]
	return s, nil
}

// u32 reads an unsigned LEB128 number of at most 5 bytes (core specification 5.2.2), and
// says in how many bytes it stood; 0: it is none.
func u32(b []byte) (uint32, int) {
	v, n := binary.Uvarint(b[:min(len(b), 5)])
	if n <= 0 || v > 1<<32-1 {
		return 0, 0
	}
	return uint32(v), n
}

// customSection is a whole custom section.
func customSection(name string, content []byte) []byte {
	body := binary.AppendUvarint(nil, uint64(len(name)))
	body = append(append(body, name...), content...)
	return append(binary.AppendUvarint([]byte{custom}, uint64(len(body))), body...)
}
