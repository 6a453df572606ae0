package plugin

import (
	"container/list"
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
)

// pool bounds how many instances of a module live at once, and keeps those that can
// serve again. It is safe for concurrent use.
type pool struct {
	most int // in use at once
	keep int // waiting for a call

	mu      sync.Mutex
	inUse   int
	waiting list.List // of chan struct{}, closed when a place is free
	idle    []idleInstance
	closed  bool
	drained chan struct{} // closed when nothing is in use any more; nil: nobody asks
	warming bool          // an instance is being made ahead
	warmed  sync.WaitGroup
}

// idleInstance is one that waits. Its number stands here too, because to look into an
// instance that another processor had last is slow.
type idleInstance struct {
	*instance
	number uint64
}

// defaultInstances is how many instances of a module may live at once where the
// operator says nothing else. Those that wait for somebody else, as for an HTTP answer,
// count too.
func defaultInstances() int { return max(16, 4*runtime.GOMAXPROCS(0)) }

func newPool(instances int) *pool {
	return &pool{most: instances, keep: min(instances, runtime.GOMAXPROCS(0))}
}

// errClosed is a call of a module that was closed.
var errClosed = errors.New("the module is closed")

// enter gives a place, if one is free, and with it an instance that is idle, or nil: the one
// of that number, if it can be had.
func (p *pool) enter(last uint64) (i *instance, ok bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed || p.inUse == p.most {
		return nil, false
	}
	p.inUse++
	return p.pop(last), true
}

// wait is enter that waits for a place as long as ctx lasts.
func (p *pool) wait(ctx context.Context) (*instance, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return nil, errClosed
	}
	if p.inUse < p.most {
		p.inUse++
		return p.pop(0), nil
	}
	ready := make(chan struct{})
	place := p.waiting.PushBack(ready)
	p.mu.Unlock()
	select {
	case <-ready:
	case <-ctx.Done():
	}
	p.mu.Lock()
	select {
	case <-ready: // the place was handed over
		return p.pop(0), nil
	default:
		p.waiting.Remove(place)
		return nil, context.Cause(ctx)
	}
}

// pop gives an instance that is idle, or nil: the one of that number, else the one that was
// used last. The caller holds the lock.
func (p *pool) pop(last uint64) *instance {
	if len(p.idle) == 0 {
		return nil
	}
	at := len(p.idle) - 1
	for n := range p.idle {
		if p.idle[n].number == last {
			at = n
		}
	}
	i := p.idle[at].instance
	p.idle = slices.Delete(p.idle, at, at+1)
	return i
}

// leave frees a place, and keeps the instance for the next call, unless it is nil. It
// says no when there are enough.
func (p *pool) leave(i *instance) (kept bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	kept = i != nil && p.push(i)
	if first := p.waiting.Front(); first != nil {
		close(p.waiting.Remove(first).(chan struct{}))
		return kept
	}
	if p.inUse--; p.inUse == 0 && p.drained != nil {
		close(p.drained)
		p.drained = nil
	}
	return kept
}

func (p *pool) push(i *instance) bool {
	if p.closed || len(p.idle) >= p.keep {
		return false
	}
	p.idle = append(p.idle, idleInstance{i, i.number})
	return true
}

// wants says whether an instance is to be made ahead, and that the caller is the one
// to make it.
func (p *pool) wants() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed || p.warming || len(p.idle) >= p.keep {
		return false
	}
	p.warming = true
	p.warmed.Add(1)
	return true
}

// made ends what wants began, with an instance or nil, and says whether it was kept.
func (p *pool) made(i *instance) (kept bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.warming = false
	p.warmed.Done()
	return i != nil && p.push(i)
}

// close lets no call in any more, waits for those under way as long as ctx lasts, and
// frees the instances. The error is that some are still in use: then their memory must
// not be freed.
func (p *pool) close(ctx context.Context) error {
	p.mu.Lock()
	p.closed = true
	idle := p.idle
	p.idle = nil
	drained := make(chan struct{})
	if p.inUse == 0 {
		close(drained)
	} else {
		p.drained = drained
	}
	p.mu.Unlock()
	for _, i := range idle {
		i.close()
	}
	p.warmed.Wait()
	select {
	case <-drained:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("calls are still under way: %w", context.Cause(ctx))
	}
}
