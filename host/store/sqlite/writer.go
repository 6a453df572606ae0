package sqlite

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"runtime"

	"github.com/acrhost/acrhost/host/store"
)

// maxBatch bounds how many writes share a commit: the first of them waits for
// all of them.
const maxBatch = 128

// errClosed: the store was closed.
var errClosed = errors.New("store is closed")

// A write is what one caller wants to change, or to read in the order of the changes, and
// how to tell them.
type write struct {
	ctx context.Context // the caller's; only asked whether the caller is still there
	// do changes the database. When it returns store.ErrNotFound, store.ErrConflict,
	// store.ErrRevokedModule or store.ErrFull it has changed nothing; after any other error all that it
	// did is undone. It may run more than once before anybody is told.
	do func(ctx context.Context, s *statements) error
	// whole: do changes nothing, or by one statement alone, which SQLite undoes when it fails.
	whole bool
	// changed says, once do has run, which rows of those that are remembered it changed; nil:
	// nobody knows (see recent).
	changed []change
	// err is what do said.
	err error
	// ran is closed when err is final, for a caller who waits for the commit later (see
	// store.Together); else it is nil.
	ran chan struct{}
	// lost says why the transaction was not committed. It is final when done is closed.
	lost error
	done chan struct{}
}

// writer is the only one that writes. Writes that arrive while it commits wait,
// and are then committed together: a commit costs a sync to the disk, whoever
// shares it. No write is reported as kept before it is committed.
type writer struct {
	statements *statements
	recent     recent
	queue      chan *write // no buffer: what was sent is in the writer's hands
	quit       chan struct{}
	stopped    chan struct{}
}

func openWriter(ctx context.Context, path string) (*writer, error) {
	if err := migrate(ctx, path); err != nil {
		return nil, err
	}
	conn, err := connect(source(path))
	if err != nil {
		return nil, err
	}
	index, err := openLogIndex(ctx, conn)
	if err != nil {
		index = nil // where it can't be had, each row is read from SQLite
	}
	w := &writer{
		statements: conn, recent: recent{index: index},
		queue: make(chan *write), quit: make(chan struct{}), stopped: make(chan struct{}),
	}
	go w.run()
	return w, nil
}

// close lets the write that is under way end. It is called once.
func (w *writer) close() error {
	close(w.quit)
	<-w.stopped
	return w.statements.close()
}

// write changes the database and returns when the change is on the disk, or, with a
// context of store.Together, when it is made and will be on the disk with all that was
// made before it. A caller that gives up in time changes nothing.
func (w *writer) write(ctx context.Context, do func(context.Context, *statements) error) error {
	return w.do(ctx, &write{do: do})
}

// writeOne is write for what changes something by one statement at most.
func (w *writer) writeOne(ctx context.Context, do func(context.Context, *statements) error) error {
	return w.do(ctx, &write{do: do, whole: true})
}

// writeBeside is writeOne for what changes no row that is remembered.
func (w *writer) writeBeside(ctx context.Context, do func(context.Context, *statements) error) error {
	return w.do(ctx, &write{do: do, whole: true, changed: nothing()})
}

func (w *writer) do(ctx context.Context, x *write) error {
	x.ctx, x.done = ctx, make(chan struct{})
	pending := store.PendingOf(ctx)
	if pending != nil {
		x.ran = make(chan struct{})
	}
	select {
	case w.queue <- x:
	case <-ctx.Done():
		return ctx.Err()
	case <-w.quit:
		return errClosed
	}
	// Not given up from here on: the caller must learn whether it happened.
	select {
	case <-x.done:
		return cmp.Or(x.lost, x.err)
	case <-x.ran: // never, without one
		pending.Add(x.end)
		return x.err
	}
}

// end waits for the commit.
func (x *write) end() error {
	<-x.done
	return x.lost
}

func (w *writer) run() {
	defer close(w.stopped)
	for {
		select {
		case x := <-w.queue:
			w.commit(w.gather(x))
		case <-w.quit:
			return
		}
	}
}

// gather takes all who wait, and those who would if they were let, without waiting for
// more: where there is one processor, others get to it only when this goroutine lets them.
func (w *writer) gather(batch ...*write) []*write {
	for yielded := false; len(batch) < maxBatch; {
		select {
		case x := <-w.queue:
			batch, yielded = append(batch, x), false
			continue
		default:
		}
		if yielded {
			return batch
		}
		runtime.Gosched()
		yielded = true
	}
	return batch
}

// commit writes a batch in one transaction and tells its callers. When one of
// them fails unexpectedly, all is undone and each is tried alone: nobody fails
// for another's fault.
func (w *writer) commit(batch []*write) {
	batch, spoilt, err := w.try(batch)
	if spoilt && len(batch) > 1 {
		for _, x := range batch {
			w.commit([]*write{x})
		}
		return
	}
	for _, x := range batch {
		x.lost = err
		close(x.done)
	}
}

// try writes a batch in one transaction, and what those write next who were told that
// theirs is made. It gives all of them. An error means that nothing was written; spoilt
// says that it came from one of the writes, and that nobody was told anything.
func (w *writer) try(batch []*write) (all []*write, spoilt bool, err error) {
	// A write runs to its end: a connection that is interrupted in a transaction
	// would take the others' writes with it.
	ctx := context.Background()
	// IMMEDIATE takes the lock now, where waiting for another process is possible.
	if _, err := exec(ctx, w.statements, "BEGIN IMMEDIATE"); err != nil {
		return batch, false, err
	}
	w.recent.start()
	for _, x := range batch {
		if x.err = x.ctx.Err(); x.err != nil {
			continue
		}
		if x.err = x.do(ctx, w.statements); unexpected(x.err) {
			w.rollback(ctx)
			return batch, true, x.err
		}
		w.recent.made(x)
	}
	batch, err = w.goOn(ctx, batch)
	if err == nil {
		w.recent.begin()
		_, err = exec(ctx, w.statements, "COMMIT")
		w.recent.end(err)
	}
	if err != nil {
		w.rollback(ctx)
	}
	return batch, false, err
}

// goOn tells those who wait for the commit later what came of theirs, and takes what they
// do next into the same transaction, up to maxBatch.
func (w *writer) goOn(ctx context.Context, batch []*write) ([]*write, error) {
	for begin := 0; tell(batch[begin:]); {
		begin = len(batch)
		batch = w.gather(batch...)
		for _, x := range batch[begin:] {
			if err := w.join(ctx, x); err != nil {
				return batch, err
			}
			w.recent.made(x)
		}
	}
	return batch, nil
}

// tell says whether anybody was told.
func tell(batch []*write) bool {
	told := false
	for _, x := range batch {
		if x.ran != nil {
			close(x.ran)
			told = true
		}
	}
	return told
}

// join adds a write to a transaction of which somebody was told already: if it fails, what
// it did is undone, and nothing else. An error is the end of the transaction.
func (w *writer) join(ctx context.Context, x *write) error {
	if x.err = x.ctx.Err(); x.err != nil {
		return nil
	}
	if x.whole {
		x.err = x.do(ctx, w.statements)
		return w.stillOpen(ctx, x.err)
	}
	if _, err := exec(ctx, w.statements, "SAVEPOINT one"); err != nil {
		return err
	}
	x.err = x.do(ctx, w.statements)
	if unexpected(x.err) {
		if _, err := exec(ctx, w.statements, "ROLLBACK TO one"); err != nil {
			return fmt.Errorf("undo a write that failed (%w): %w", x.err, err)
		}
	}
	_, err := exec(ctx, w.statements, "RELEASE one")
	return err
}

// stillOpen is an error when a write failed in a way that made SQLite end the transaction
// by itself: what was made in it is gone.
func (w *writer) stillOpen(ctx context.Context, cause error) error {
	if !unexpected(cause) {
		return nil
	}
	// There is no other way to ask: a savepoint outside a transaction begins one.
	if _, err := exec(ctx, w.statements, "BEGIN"); err == nil {
		return fmt.Errorf("a write ended the transaction: %w", cause)
	}
	return nil
}

// rollback drops its error: it only says that SQLite has rolled back already, as
// it does by itself when the disk is full.
func (w *writer) rollback(ctx context.Context) {
	_, _ = exec(ctx, w.statements, "ROLLBACK")
}

// unexpected tells a failure from the answers that the law knows.
func unexpected(err error) bool {
	return err != nil && !errors.Is(err, store.ErrNotFound) && !errors.Is(err, store.ErrConflict) &&
		!errors.Is(err, store.ErrRevokedModule) && !errors.Is(err, store.ErrFull)
}
