//go:build unix

package plugin

import "golang.org/x/sys/unix"

// reserve gives n bytes of address space, all zero, that cost memory only where they
// are touched. They are outside of Go's heap: a guest that grows doesn't make the
// collector run.
func reserve(n int) []byte {
	if n == 0 {
		return nil
	}
	b, err := unix.Mmap(-1, 0, n, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_ANON|unix.MAP_PRIVATE|unix.MAP_NORESERVE)
	if err != nil {
		return make([]byte, n)
	}
	return b
}

// unreserve gives back what reserve gave; nothing happens to what isn't its.
func unreserve(b []byte) { _ = unix.Munmap(b) }
