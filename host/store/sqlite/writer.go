package sqlite

import (
	"context"
	"database/sql"
	"errors"

	"github.com/acrhost/acrhost/host/store"
)

// maxBatch bounds how many writes share a commit: the first of them waits for
// all of them.
const maxBatch = 128

// errClosed: the store was closed.
var errClosed = errors.New("store is closed")

// A write is what one caller wants to change, and how to tell them.
type write struct {
	ctx context.Context // the caller's; only asked whether the caller is still there
	// do changes the database. When it returns store.ErrNotFound, store.ErrConflict,
	// store.ErrRevokedModule or store.ErrFull it has changed nothing; after any other error all that it
	// did is undone. It may run more than once.
	do   func(ctx context.Context, s *statements) error
	err  error
	done chan struct{} // closed when err is final
}

// writer is the only one that writes. Writes that arrive while it commits wait,
// and are then committed together: a commit costs a sync to the disk, whoever
// shares it. No write is reported before it is committed.
type writer struct {
	db         *sql.DB
	conn       *sql.Conn
	statements statements
	queue      chan *write // no buffer: what was sent is in the writer's hands
	quit       chan struct{}
	stopped    chan struct{}
}

func openWriter(ctx context.Context, path string) (*writer, error) {
	db, err := sql.Open("sqlite", source(path))
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	if err := migrate(ctx, db); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	w := &writer{
		db: db, conn: conn, statements: statements{on: conn},
		queue: make(chan *write), quit: make(chan struct{}), stopped: make(chan struct{}),
	}
	go w.run()
	return w, nil
}

// close lets the write that is under way end. It is called once.
func (w *writer) close() error {
	close(w.quit)
	<-w.stopped
	return errors.Join(w.statements.close(), w.conn.Close(), w.db.Close())
}

// write changes the database and returns when the change is on the disk. A
// caller that gives up in time changes nothing.
func (w *writer) write(ctx context.Context, do func(context.Context, *statements) error) error {
	x := &write{ctx: ctx, do: do, done: make(chan struct{})}
	select {
	case w.queue <- x:
	case <-ctx.Done():
		return ctx.Err()
	case <-w.quit:
		return errClosed
	}
	// Not given up from here on: the caller must learn whether it happened.
	<-x.done
	return x.err
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

// gather takes all who wait, without waiting for more.
func (w *writer) gather(first *write) []*write {
	batch := []*write{first}
	for len(batch) < maxBatch {
		select {
		case x := <-w.queue:
			batch = append(batch, x)
		default:
			return batch
		}
	}
	return batch
}

// commit writes a batch in one transaction and tells its callers. When one of
// them fails unexpectedly, all is undone and each is tried alone: nobody fails
// for another's fault.
func (w *writer) commit(batch []*write) {
	spoilt, err := w.try(batch)
	if spoilt && len(batch) > 1 {
		for _, x := range batch {
			w.commit([]*write{x})
		}
		return
	}
	for _, x := range batch {
		if err != nil {
			x.err = err
		}
		close(x.done)
	}
}

// try writes a batch in one transaction. An error means that nothing was
// written; spoilt says that it came from one of the writes.
func (w *writer) try(batch []*write) (spoilt bool, err error) {
	// A write runs to its end: a connection that is interrupted in a transaction
	// would take the others' writes with it.
	ctx := context.Background()
	// IMMEDIATE takes the lock now, where waiting for another process is possible.
	if _, err := exec(ctx, &w.statements, "BEGIN IMMEDIATE"); err != nil {
		return false, err
	}
	for _, x := range batch {
		if x.err = x.ctx.Err(); x.err != nil {
			continue
		}
		if x.err = x.do(ctx, &w.statements); unexpected(x.err) {
			w.rollback(ctx)
			return true, x.err
		}
	}
	if _, err := exec(ctx, &w.statements, "COMMIT"); err != nil {
		w.rollback(ctx)
		return false, err
	}
	return false, nil
}

// rollback drops its error: it only says that SQLite has rolled back already, as
// it does by itself when the disk is full.
func (w *writer) rollback(ctx context.Context) {
	_, _ = exec(ctx, &w.statements, "ROLLBACK")
}

// unexpected tells a failure from the answers that the law knows.
func unexpected(err error) bool {
	return err != nil && !errors.Is(err, store.ErrNotFound) && !errors.Is(err, store.ErrConflict) &&
		!errors.Is(err, store.ErrRevokedModule) && !errors.Is(err, store.ErrFull)
}
