package plugin

import (
	"sync"

	"github.com/tetratelabs/wazero/experimental"
)

// clearBytes is up to how much memory is zeroed by writing to it. What is more is
// given back to the operating system, which brings it back as zeros when it is
// touched: a guest that grew must not cost the host its memory until the next call.
const clearBytes = 1 << 20

// recycler hands out the linear memories of one module's instances and takes them
// back. Whatever it hands out is zero. It is safe for concurrent use.
type recycler struct {
	keep int // how many wait for the next instance
	mu   sync.Mutex
	idle []*linearMemory
}

// Allocate satisfies experimental.MemoryAllocator. The address space for the most
// that the module may have is reserved at once, so that growing moves nothing.
func (r *recycler) Allocate(_, most uint64) experimental.LinearMemory {
	r.mu.Lock()
	defer r.mu.Unlock()
	if n := len(r.idle); n > 0 {
		l := r.idle[n-1]
		r.idle = r.idle[:n-1]
		return l
	}
	return &linearMemory{from: r, reserved: reserve(int(most))}
}

// close gives all memory back. Instances must be closed before.
func (r *recycler) close() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, l := range r.idle {
		unreserve(l.reserved)
	}
	r.idle, r.keep = nil, 0
}

// linearMemory is the memory of one instance.
type linearMemory struct {
	from     *recycler
	reserved []byte
	used     int
}

// Reallocate satisfies experimental.LinearMemory: nil where there is no room.
func (l *linearMemory) Reallocate(size uint64) []byte {
	if size > uint64(len(l.reserved)) {
		return nil
	}
	l.used = int(size)
	return l.reserved[:size:size]
}

// Free takes the memory back: what the guest left in it is gone before anybody else
// can have it.
func (l *linearMemory) Free() {
	zero(l.reserved[:l.used])
	l.used = 0
	l.from.mu.Lock()
	kept := len(l.from.idle) < l.from.keep
	if kept {
		l.from.idle = append(l.from.idle, l)
	}
	l.from.mu.Unlock()
	if !kept {
		unreserve(l.reserved)
	}
}

func zero(b []byte) {
	if len(b) > clearBytes && discard(b) {
		return
	}
	clear(b)
}
