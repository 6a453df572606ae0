package main

import (
	"bytes"
	"unsafe"
)

const (
	size = 16
	mask = 0x5a
)

// secret is what one call must not learn from another.
type secret [size]byte

// Where the secret is kept beside the stack.
var (
	static secret
	heap   *secret
	grown  []byte
)

// write leaves the secret wherever this language can.
func write(s secret) {
	static = s
	heap = new(s)
	grown = make([]byte, 2<<20) // more than the heap has
	copy(grown[len(grown)-size:], s[:])
	onStack(s, 32)
	fdRenumber(1, 2)
	fdClose(1)
	fdClose(2)
}

// onStack leaves the secret so many frames deep.
//
//go:noinline
func onStack(s secret, frames int) byte {
	if frames == 0 {
		return s[0]
	}
	return onStack(s, frames-1) ^ s[size-1]
}

func masked(s secret) secret {
	for i := range s {
		s[i] ^= mask
	}
	return s
}

// pages is the size of the memory in pages of 64 KiB.
func pages() uint32

// count says how often the memory holds the secret whose masked bytes the needle is.
func count(needle secret) int {
	memory := unsafe.Slice((*byte)(unsafe.Add(nil, 1)), int(pages())<<16-1)
	found := 0
	for {
		at := bytes.IndexByte(memory, needle[0]^mask)
		if at < 0 || len(memory)-at < size {
			return found
		}
		if holds(memory[at:at+size], needle) {
			found++
		}
		memory = memory[at+1:]
	}
}

func holds(place []byte, needle secret) bool {
	for i, b := range place {
		if b^mask != needle[i] {
			return false
		}
	}
	return true
}

// closed says how many of standard output and standard error are closed.
func closed() (n uint32) {
	var stat [3]uint64
	for fd := range int32(2) {
		n += min(fdStatGet(fd+1, unsafe.Pointer(&stat)), 1)
	}
	return n
}
