package plugin

import (
	"container/list"
	"context"
	"runtime"
	"sync"
	"time"
)

// slots bound how many guests run at once: one for each processor. More would only
// starve each other until their time is over, and a crowd of logins would end in
// timeouts that are no guest's fault. A call's time begins when it has its slot.
//
// A guest that computes on and on must not keep others waiting either. Whoever has done
// more than a slice's work, a long guest, lets those go first that have not, and all
// long guests together leave one processor to everybody else, where there are two.
//
// A slot that is given back goes to whoever comes first, as a rule somebody who is
// running already, and not to the one who has waited longest and has to be woken: that
// would make every call of a crowd sleep once. Who has waited for patience is served
// first.
type slots struct {
	mu       sync.Mutex
	free     int
	longFree int // how many more long guests may run
	short    list.List
	long     list.List
}

// patience is how long others may overtake a guest that waits for a slot.
const patience = time.Millisecond

// turn is a guest's place in the slots.
type turn struct {
	slots  *slots
	long   bool
	since  time.Time     // when it began to wait
	urgent bool          // it has waited for patience
	served bool          // the slot was handed to it
	wake   chan struct{} // it is worth looking again
}

func newSlots() *slots {
	n := runtime.GOMAXPROCS(0)
	return &slots{free: n, longFree: max(1, n-1)}
}

// take waits for a slot as long as ctx lasts, and says whether it had to wait.
func (s *slots) take(ctx context.Context, t *turn) (waited bool, err error) {
	t.slots = s
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fits(t) {
		s.enter(t)
		return false, nil
	}
	return true, s.wait(ctx, t)
}

// fits says whether t, which has not waited, may run at once.
func (s *slots) fits(t *turn) bool {
	first := s.short.Front()
	if t.long {
		return s.free > 0 && s.longFree > 0 && first == nil && s.long.Len() == 0
	}
	return s.free > 0 && (first == nil || !first.Value.(*turn).urgent)
}

// wait queues t until it has its slot. The caller holds the lock.
func (s *slots) wait(ctx context.Context, t *turn) error {
	t.since, t.urgent, t.served, t.wake = time.Now(), false, false, make(chan struct{}, 1)
	queue := &s.short
	if t.long {
		queue = &s.long
	}
	place := queue.PushBack(t)
	for {
		s.mu.Unlock()
		select {
		case <-t.wake:
		case <-ctx.Done():
		}
		s.mu.Lock()
		switch {
		case t.served:
			return nil
		case ctx.Err() != nil:
			queue.Remove(place)
			s.pass()
			return context.Cause(ctx)
		case s.free > 0 && !t.long:
			queue.Remove(place)
			s.enter(t)
			s.pass()
			return nil
		}
		t.urgent = t.urgent || time.Since(t.since) > patience
	}
}

func (s *slots) enter(t *turn) {
	s.free--
	if t.long {
		s.longFree--
	}
}

// leave gives t's slot back.
func (s *slots) leave(t *turn) {
	s.free++
	if t.long {
		s.longFree++
	}
	s.pass()
}

// pass lets those that wait have the free slots: the long and the impatient get theirs,
// the first of the others may look whether it is still there when it has woken up.
func (s *slots) pass() {
	for s.free > 0 {
		queue := &s.short
		if s.short.Len() == 0 {
			queue = &s.long
		}
		first := queue.Front()
		if first == nil || queue == &s.long && s.longFree == 0 {
			return
		}
		t := first.Value.(*turn)
		handed := t.long || t.urgent
		if handed {
			queue.Remove(first)
			s.enter(t)
			t.served = true
		}
		select {
		case t.wake <- struct{}{}:
		default:
		}
		if !handed {
			return
		}
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
	_ = s.wait(context.Background(), t)
	s.mu.Unlock()
}
