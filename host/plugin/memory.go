package plugin

import (
	"sync"

	"github.com/tetratelabs/wazero/api"
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

// allocate gives a memory of no bytes that can grow to most. The address space is
// reserved at once, so that growing moves nothing.
func (r *recycler) allocate(most int) *linearMemory {
	r.mu.Lock()
	defer r.mu.Unlock()
	if n := len(r.idle); n > 0 {
		l := r.idle[n-1]
		r.idle = r.idle[:n-1]
		return l
	}
	return &linearMemory{from: r, reserved: reserve(most)}
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
	used     int // in bytes
	back     int // where the next Reallocate goes back to, instead of growing; 0: it grows
}

// Reallocate satisfies experimental.LinearMemory: nil where there is no room.
func (l *linearMemory) Reallocate(size uint64) []byte {
	if size > uint64(len(l.reserved)) {
		return nil
	}
	if l.back > 0 {
		size = uint64(l.back)
	}
	l.used = int(size)
	return l.reserved[:size:size]
}

// shrink makes the memory of an instance, through which the engine sees it, as small
// as it was; what it had beyond must be zero by now. WebAssembly has no
// instruction for that, and the engine no function, but it takes from Reallocate
// whatever it is given: so it is asked to grow, and given less. It says no when the
// memory is at its maximum, where the engine doesn't ask.
func (l *linearMemory) shrink(mem api.Memory, size int) bool {
	l.back = size
	_, ok := mem.Grow(1)
	l.back = 0
	return ok && int(mem.Size()) == size
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
