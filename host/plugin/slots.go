package plugin

import (
	"container/list"
	"context"
	"runtime"
	"sync"
)

// slots bound how many guests run at once: one for each processor. More would only
// starve each other until their time is over, and a crowd of logins would end in
// timeouts that are no guest's fault. A call's time begins when it has its slot.
//
// A guest that computes on and on must not keep others waiting either. Whoever has run
// for longer than a slice, a long guest, lets those go first that have not, and all
// long guests together leave one processor to everybody else, where there are two.
type slots struct {
	mu       sync.Mutex
	free     int
	longFree int // how many more long guests may run
	short    list.List
	long     list.List
}

// turn is a guest's place in the slots.
type turn struct {
	slots *slots
	long  bool
	ready chan struct{} // closed when a waiting guest got its slot
}

func newSlots() *slots {
	n := runtime.GOMAXPROCS(0)
	return &slots{free: n, longFree: max(1, n-1)}
}

// take waits for a slot as long as ctx lasts, and says whether it had to wait.
func (s *slots) take(ctx context.Context, t *turn) (waited bool, err error) {
	t.slots = s
	s.mu.Lock()
	if s.fits(t) {
		s.enter(t)
		s.mu.Unlock()
		return false, nil
	}
	place := s.wait(t)
	s.mu.Unlock()
	select {
	case <-t.ready:
		return true, nil
	case <-ctx.Done():
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	select {
	case <-t.ready: // it came at the same moment
		s.leave(t)
	default:
		s.queue(t).Remove(place)
	}
	return true, context.Cause(ctx)
}

// fits says whether t may run at once: there is room, and nobody before it.
func (s *slots) fits(t *turn) bool {
	if t.long {
		return s.free > 0 && s.longFree > 0 && s.short.Len() == 0 && s.long.Len() == 0
	}
	return s.free > 0 && s.short.Len() == 0
}

func (s *slots) queue(t *turn) *list.List {
	if t.long {
		return &s.long
	}
	return &s.short
}

func (s *slots) wait(t *turn) *list.Element {
	t.ready = make(chan struct{})
	return s.queue(t).PushBack(t)
}

func (s *slots) enter(t *turn) {
	s.free--
	if t.long {
		s.longFree--
	}
}

// leave gives t's slot back, and lets in whoever fits.
func (s *slots) leave(t *turn) {
	s.free++
	if t.long {
		s.longFree++
	}
	s.admit()
}

func (s *slots) admit() {
	for s.free > 0 {
		var next *list.Element
		switch {
		case s.short.Len() > 0:
			next = s.short.Front()
		case s.long.Len() > 0 && s.longFree > 0:
			next = s.long.Front()
		default:
			return
		}
		t := next.Value.(*turn)
		s.queue(t).Remove(next)
		s.enter(t)
		close(t.ready)
	}
}

// give gives the slot back.
func (t *turn) give() {
	t.slots.mu.Lock()
	t.slots.leave(t)
	t.slots.mu.Unlock()
}

// again takes a slot after give, whatever it takes: the guest is in the middle of a
// call.
func (t *turn) again() { _, _ = t.slots.take(context.Background(), t) }

// lend gives the slot away while do waits for somebody else, and takes one again.
func (t *turn) lend(do func()) {
	t.give()
	defer t.again()
	do()
}

// yield is called by a guest whose slice is over: from now on it is a long one, and
// goes on when those that wait before it had their slice.
func (t *turn) yield() {
	s := t.slots
	s.mu.Lock()
	s.leave(t)
	t.long = true
	if s.fits(t) {
		s.enter(t)
		s.mu.Unlock()
		// Goroutines that are no guests want the processor, too.
		runtime.Gosched()
		return
	}
	s.wait(t)
	s.mu.Unlock()
	<-t.ready
}
