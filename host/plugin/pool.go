package plugin

import (
	"context"
	"runtime"
	"sync"
)

// pool bounds how many instances of a module live at once, and keeps those that can
// serve again. It is safe for concurrent use.
type pool struct {
	places chan struct{} // one for each instance in use
	keep   int           // how many wait for a call at the most

	mu     sync.Mutex
	idle   []*instance
	closed bool

	// Of prewarm: what makes the next instance, and whether it is being made.
	warming bool
	warmed  sync.WaitGroup
}

// defaultInstances is how many instances of a module may live at once where the
// operator says nothing else. Those that wait for somebody else, as for an HTTP answer,
// count too.
func defaultInstances() int { return max(16, 4*runtime.GOMAXPROCS(0)) }

func newPool(instances int) *pool {
	return &pool{places: make(chan struct{}, instances), keep: min(instances, runtime.GOMAXPROCS(0))}
}

// enter waits for a place as long as ctx lasts, and says whether it had to wait.
func (p *pool) enter(ctx context.Context) (waited bool, err error) {
	select {
	case p.places <- struct{}{}:
		return false, nil
	default:
	}
	select {
	case p.places <- struct{}{}:
		return true, nil
	case <-ctx.Done():
		return true, context.Cause(ctx)
	}
}

func (p *pool) leave() { <-p.places }

// pop gives an instance that waits, or nil.
func (p *pool) pop() *instance {
	p.mu.Lock()
	defer p.mu.Unlock()
	n := len(p.idle)
	if n == 0 {
		return nil
	}
	i := p.idle[n-1]
	p.idle[n-1] = nil
	p.idle = p.idle[:n-1]
	return i
}

// push keeps an instance for the next call, or says that there are enough.
func (p *pool) push(i *instance) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed || len(p.idle) >= p.keep {
		return false
	}
	p.idle = append(p.idle, i)
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

func (p *pool) made() {
	p.mu.Lock()
	p.warming = false
	p.mu.Unlock()
	p.warmed.Done()
}

// close frees the instances that wait. Calls must have ended.
func (p *pool) close() {
	p.mu.Lock()
	p.closed = true
	idle := p.idle
	p.idle = nil
	p.mu.Unlock()
	p.warmed.Wait()
	for _, i := range idle {
		i.close()
	}
}
