package sqlite

import (
	"context"
	"errors"
	"sync"

	"github.com/acrhost/acrhost/host/store"
)

const (
	// maxRecent is how many rows are remembered at least, and twice that at most.
	maxRecent = 512
	// maxRecentData is how large a record is remembered, in bytes.
	maxRecentData = 4096
)

// stamp is the head of the log's index: two of a file are equal when nobody has committed in
// between.
type stamp [12]uint32

// commits counts them, whoever made them.
func (s stamp) commits() uint32 { return s[2] }

// rowID tells rows apart: by their kind, where they are records, else by a name of their table.
type rowID struct {
	of store.Kind
	id string
}

const (
	grantRow    store.Kind = "grant_"
	userRow     store.Kind = "user"
	userNameRow store.Kind = "user.normal_name"
	modulesRow  store.Kind = "revoked_module" // all of them
)

// absentRow is remembered of a row that is not there.
type absentRow struct{}

// change is what a write makes of a row: another value, or, with nil, one that is to be read.
type change struct {
	row   rowID
	value any
}

// nothing is changed of what is remembered.
func nothing() []change { return []change{} }

// recent are rows that were read or written last. They count for as long as the stamp under
// which they are kept is the file's: when another process commits, or this one something of
// which is not known what it changed, all are forgotten before anybody sees the commit as
// done. What this process's writer commits, and says what that changed, goes on to the next
// stamp.
//
// So who asks gets what SQLite would find, at that moment, and a grant that was revoked by
// whomever is revoked for the next request.
type recent struct {
	index *logIndex // nil: nothing is remembered

	mu           sync.Mutex
	at           stamp
	committing   bool // by this process: the stamp is about to change
	before       stamp
	newer, older map[rowID]any

	open uncommitted // the writer's alone
}

// uncommitted is what the open transaction has changed, and found unchanged.
type uncommitted struct {
	rows     map[rowID]any
	anything bool // what else it changed is not known
	stored   bool // the file has changed for certain
}

// find gives a row, or the stamp to keep it under when it is read.
func (r *recent) find(of rowID) (value any, at stamp) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.index == nil {
		return nil, stamp{}
	}
	at = r.index.now()
	if at != r.at {
		if r.committing {
			return nil, stamp{}
		}
		r.forget(at)
	}
	if value = r.newer[of]; value == nil {
		value = r.older[of]
	}
	return value, at
}

// keep remembers what was read since find gave the stamp.
func (r *recent) keep(of rowID, value any, at stamp) {
	if at == (stamp{}) {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.index != nil && r.at == at && r.index.now() == at {
		r.put(of, value)
	}
}

func (r *recent) put(of rowID, value any) {
	delete(r.older, of)
	record, ok := value.(store.Record)
	if value == nil || ok && len(record.Data) > maxRecentData {
		delete(r.newer, of)
		return
	}
	if r.newer == nil || len(r.newer) >= maxRecent {
		r.newer, r.older = make(map[rowID]any), r.newer
	}
	r.newer[of] = value
}

func (r *recent) forget(at stamp) {
	r.at = at
	clear(r.newer)
	clear(r.older)
}

// start comes before the first write of a transaction.
func (r *recent) start() {
	r.open = uncommitted{rows: map[rowID]any{}}
}

// made notes what a write of the open transaction has changed.
func (r *recent) made(x *write) {
	if x.err != nil {
		return // nothing
	}
	r.open.anything = r.open.anything || x.changed == nil
	for _, c := range x.changed {
		r.open.rows[c.row] = c.value
		r.open.stored = r.open.stored || c.value != nil
	}
}

// inside gives a row as the open transaction has it. Nobody else can commit meanwhile.
func (r *recent) inside(of rowID) any {
	if r.open.anything {
		return nil
	}
	if value, ok := r.open.rows[of]; ok {
		return value
	}
	value, _ := r.find(of)
	return value
}

// read notes what the open transaction has found.
func (r *recent) read(of rowID, value any) { r.open.rows[of] = value }

// begin comes before the writer commits: nobody else can until it has.
func (r *recent) begin() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.index == nil {
		return
	}
	r.before, r.committing = r.index.now(), true
}

// end comes when the writer has committed, or failed to.
func (r *recent) end(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.index == nil {
		return
	}
	r.committing = false
	after := r.index.now()
	if err == nil && after == r.before && r.open.stored {
		r.index = nil // whatever it is that was mapped, it is not the file's
		return
	}
	// Another process may have committed after this one did.
	if err != nil || r.open.anything || r.at != r.before || after.commits()-r.before.commits() > 1 {
		r.forget(after)
		return
	}
	r.at = after
	for of, value := range r.open.rows {
		r.put(of, value)
	}
}

// close ends it, when SQLite has closed the file.
func (r *recent) close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.index == nil {
		return nil
	}
	index := r.index
	r.index = nil
	return index.close()
}

// remembered is what read finds, or found before and nobody changed since; clone makes one that is
// not shared.
func remembered[T any](ctx context.Context, db *DB, of rowID, clone func(T) T, read func(*statements) (T, error)) (found T, err error) {
	r := &db.writer.recent
	if store.PendingOf(ctx).Any() {
		err = db.inOrder(ctx, func(_ context.Context, s *statements) (err error) {
			found, err = rememberedInside(r, s, of, clone, read)
			return err
		})
		return found, err
	}
	value, at := r.find(of)
	if found, known, err := recall(value, clone); known {
		return found, err
	}
	// It is not interrupted: a row is there sooner than a watch over the context would be.
	if err := ctx.Err(); err != nil {
		return found, err
	}
	err = db.readers.with(ctx, func(_ context.Context, s *statements) (err error) {
		found, err = read(s)
		return absent(err)
	})
	if value := memory(found, clone, err); value != nil {
		r.keep(of, value, at)
	}
	return found, err
}

// rememberedInside is remembered for the writer, in a transaction.
func rememberedInside[T any](r *recent, s *statements, of rowID, clone func(T) T, read func(*statements) (T, error)) (T, error) {
	if found, known, err := recall(r.inside(of), clone); known {
		return found, err
	}
	found, err := read(s)
	err = absent(err)
	if value := memory(found, clone, err); value != nil {
		r.read(of, value)
	}
	return found, err
}

// first reads the first row of a query, as remembered wants it.
func first[T any](scan func(row) (T, error), query string, args ...any) func(*statements) (T, error) {
	return func(s *statements) (T, error) { return one(context.Background(), s, scan, query, args...) }
}

// recall is the reverse of memory.
func recall[T any](value any, clone func(T) T) (found T, known bool, err error) {
	switch value := value.(type) {
	case T:
		return clone(value), true, nil
	case absentRow:
		return found, true, store.ErrNotFound
	}
	return found, false, nil
}

// memory is what to remember of what was found, or not; nil: nothing.
func memory[T any](found T, clone func(T) T, err error) any {
	switch {
	case err == nil:
		return clone(found)
	case errors.Is(err, store.ErrNotFound):
		return absentRow{}
	}
	return nil
}
