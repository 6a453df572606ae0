package sqlite

import (
	"context"
	"errors"
	"sync"
)

// pool is the connections that read. They are opened when they are needed first, and then
// kept: a new one has to read the schema and prepare again.
type pool struct {
	name string
	free chan *statements // nil: not open yet
	quit chan struct{}
	once sync.Once
}

func newPool(name string, size int) *pool {
	p := &pool{name: name, free: make(chan *statements, size), quit: make(chan struct{})}
	for range size {
		p.free <- nil
	}
	return p
}

// with lends a connection to read, once one is free.
func (p *pool) with(ctx context.Context, read func(context.Context, *statements) error) error {
	select {
	case <-p.quit:
		return errClosed
	default:
	}
	select {
	case s := <-p.free:
		defer func() { p.free <- s }()
		return p.lend(ctx, &s, read)
	case <-p.quit:
		return errClosed
	case <-ctx.Done():
		return ctx.Err()
	}
}

// lend opens the connection where it is not. One that fails is closed, and the next
// caller gets a new one: nothing is known of what state it is in.
func (p *pool) lend(ctx context.Context, s **statements, read func(context.Context, *statements) error) (err error) {
	if *s == nil {
		if *s, err = connect(p.name); err != nil {
			return err
		}
	}
	if err = read(ctx, *s); unexpected(err) {
		_ = (*s).close() // what it says is of no more interest
		*s = nil
	}
	return err
}

// close waits for who reads.
func (p *pool) close() (err error) {
	p.once.Do(func() {
		close(p.quit)
		for range cap(p.free) {
			if s := <-p.free; s != nil {
				err = errors.Join(err, s.close())
			}
		}
	})
	return err
}
