package plugin

import (
	"bytes"
	"sync"
	"time"

	"github.com/acrhost/acrhost/host/plugin/rewrite"
)

// image is what an instance is after it was initialised: its memory and its mutable
// globals. That is all there is, for a module that rewrite's Restorable lets pass. It
// doesn't change, and all instances of a module share it.
type image struct {
	memory  []byte
	globals []uint64
	lived   time.Duration // of the monotonic clock

	compared sync.Once
	written  []int // the blocks that the start made differ from a new instance
}

// imageBlock is the unit in which images are compared and copied.
const imageBlock = 4096

// newImage copies an instance. Blocks of zeros are left untouched, so that they cost no
// memory.
func newImage(i *instance) *image {
	memory, _ := i.mem.Read(0, i.mem.Size())
	m := &image{memory: reserve(len(memory)), lived: i.lived}
	copyBlocks(m.memory, memory)
	for _, g := range i.globals {
		m.globals = append(m.globals, g.Get())
	}
	return m
}

func copyBlocks(to, from []byte) {
	var zeros [imageBlock]byte
	for at := 0; at < len(from); at += imageBlock {
		end := min(at+imageBlock, len(from))
		if block := from[at:end]; !bytes.Equal(block, zeros[:len(block)]) {
			copy(to[at:end], block)
		}
	}
}

func differing(a, b []byte) (n int) {
	if bytes.Equal(a, b) {
		return 0
	}
	for i := range a {
		if a[i] != b[i] {
			n++
		}
	}
	return n
}

func (m *image) close() { unreserve(m.memory) }

// differs counts the bytes in which two images differ; a global counts as eight.
func (m *image) differs(other *image) int {
	n := 8 * max(len(m.globals), len(other.globals))
	for i := range min(len(m.globals), len(other.globals)) {
		if m.globals[i] == other.globals[i] {
			n -= 8
		}
	}
	long, short := m.memory, other.memory
	if len(long) < len(short) {
		long, short = short, long
	}
	for at := 0; at < len(short); at += imageBlock {
		end := min(at+imageBlock, len(short))
		n += differing(short[at:end], long[at:end])
	}
	return n + len(long) - len(short)
}

// stamp makes a new instance, of which nothing has run, what the image is.
func (m *image) stamp(i *instance) bool {
	missing := (len(m.memory) - int(i.mem.Size())) / pageBytes
	if missing > 0 {
		if _, ok := i.mem.Grow(uint32(missing)); !ok {
			return false
		}
	}
	memory, ok := i.mem.Read(0, i.mem.Size())
	if !ok || len(memory) != len(m.memory) {
		return false
	}
	// All new instances are the same: zeros, and the module's own data. To look through all
	// of a large one has the kernel find it memory that nothing touches.
	m.compared.Do(func() { m.written = m.differingBlocks(memory) })
	for _, at := range m.written {
		copy(memory[at:min(at+imageBlock, len(memory))], m.memory[at:])
	}
	m.restoreGlobals(i)
	i.lived = m.lived
	return true
}

// differingBlocks lists where the blocks begin in which a memory as long as the image isn't
// what the image is.
func (m *image) differingBlocks(memory []byte) (list []int) {
	for at := 0; at < len(memory); at += imageBlock {
		end := min(at+imageBlock, len(memory))
		if !bytes.Equal(memory[at:end], m.memory[at:end]) {
			list = append(list, at)
		}
	}
	return list
}

// restore puts an instance back to the image, where it was written to. It says no when
// that can't be done: the instance is to be thrown away.
func (m *image) restore(i *instance) bool {
	size := int(i.mem.Size())
	memory, ok := i.mem.Read(0, uint32(size))
	if !ok {
		return false
	}
	err := i.each(size, func(block int) {
		for at := block * i.blocks.Bytes; at < size; at += i.blocks.Count * i.blocks.Bytes {
			m.undo(memory, at, min(at+i.blocks.Bytes+rewrite.Reach, size))
		}
	})
	m.restoreGlobals(i)
	i.lived = m.lived
	return err == nil && (size == len(m.memory) || i.pages.shrink(i.mem, len(m.memory)))
}

// undo makes a piece of memory what it was: as in the image, and beyond it zero.
func (m *image) undo(memory []byte, from, to int) {
	n := 0
	if from < len(m.memory) {
		n = copy(memory[from:to], m.memory[from:])
	}
	clear(memory[from+n : to])
}

func (m *image) restoreGlobals(i *instance) {
	for n, g := range i.globals {
		if v := m.globals[n]; g.Get() != v {
			g.Set(v)
		}
	}
}

// holds says whether an instance is, byte for byte, what the image is.
func (m *image) holds(i *instance) bool {
	memory, ok := i.mem.Read(0, i.mem.Size())
	if !ok || !bytes.Equal(memory, m.memory) {
		return false
	}
	for n, g := range i.globals {
		if g.Get() != m.globals[n] {
			return false
		}
	}
	return true
}
