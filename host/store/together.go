package store

import (
	"context"
	"errors"
	"sync"
)

// Pending is what was read and written for one answer and is not known to be kept: see
// Together.
type Pending struct {
	mu   sync.Mutex
	ends []func() error
	lost []error // for good
}

type pendingKey struct{}

// Together gives a context for what is read and written for one answer. What was made with
// it may return before it is kept, so that the next does not wait for the disk. All of it,
// of whatever answer, happens in one order and is kept in that order: a read sees what was
// written before it, kept or not.
//
// So nothing that came of it may leave the host, such as a code, a token or a refusal,
// before Settle has said that all is kept. A backend that keeps everything at once is right
// too. A Together within another one is that one's, whose Settle ends both.
func Together(ctx context.Context) (context.Context, *Pending) {
	if p := PendingOf(ctx); p != nil {
		return ctx, p
	}
	p := &Pending{}
	return context.WithValue(ctx, pendingKey{}, p), p
}

// PendingOf is what a context of Together collects, else nil. It is for backends.
func PendingOf(ctx context.Context) *Pending {
	p, _ := ctx.Value(pendingKey{}).(*Pending)
	return p
}

// Apart settles what is pending, and gives a context with which everything waits for the
// disk again: for what tells others than the one who gets the answer.
func Apart(ctx context.Context) (context.Context, error) {
	p := PendingOf(ctx)
	if p == nil {
		return ctx, nil
	}
	return context.WithValue(ctx, pendingKey{}, (*Pending)(nil)), p.Settle()
}

// Add adds something that was made. end waits until it is kept, or says why it never will
// be. It is for backends.
func (p *Pending) Add(end func() error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.ends = append(p.ends, end)
}

// Any says whether there is something that Settle would wait for. It is for backends.
func (p *Pending) Any() bool {
	if p == nil {
		return false
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.ends) > 0
}

// Settle waits until all is kept. With an error, something never will be.
func (p *Pending) Settle() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, end := range p.ends {
		if err := end(); err != nil {
			p.lost = append(p.lost, err)
		}
	}
	p.ends = nil
	return errors.Join(p.lost...)
}
