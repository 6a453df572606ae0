package sqlite

import (
	"context"
	"errors"
	"slices"
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
}

// find gives a row, or the stamp to keep it under when it is read.
func (r *recent) find(row rowID) (value any, at stamp) {
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
	if value = r.newer[row]; value == nil {
		value = r.older[row]
	}
	return value, at
}

// keep remembers what was read since find gave the stamp.
func (r *recent) keep(row rowID, value any, at stamp) {
	if at == (stamp{}) {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.index != nil && r.at == at && r.index.now() == at {
		r.put(row, value)
	}
}

func (r *recent) put(row rowID, value any) {
	delete(r.older, row)
	record, ok := value.(store.Record)
	if value == nil || ok && len(record.Data) > maxRecentData {
		delete(r.newer, row)
		return
	}
	if r.newer == nil || len(r.newer) >= maxRecent {
		r.newer, r.older = make(map[rowID]any), r.newer
	}
	r.newer[row] = value
}

func (r *recent) forget(at stamp) {
	r.at = at
	clear(r.newer)
	clear(r.older)
}

// begin comes before the writer commits: nobody else can until it has.
func (r *recent) begin() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.index == nil {
		return
	}
	r.before, r.committing = r.index.now(), true
}

// end comes when the writer has committed a batch, or failed to.
func (r *recent) end(batch []*write, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.index == nil {
		return
	}
	r.committing = false
	after := r.index.now()
	if err == nil && after == r.before && stored(batch) {
		r.index = nil // whatever it is that was mapped, it is not the file's
		return
	}
	// Another process may have committed after this one did.
	if err != nil || r.at != r.before || after.commits()-r.before.commits() > 1 {
		r.forget(after)
		return
	}
	r.at = after
	for _, x := range batch {
		if x.err != nil {
			continue // it has changed nothing
		}
		if x.changed == nil {
			r.forget(after)
		}
		for _, c := range x.changed {
			r.put(c.row, c.value)
		}
	}
}

// stored says whether a batch has certainly changed the file.
func stored(batch []*write) bool {
	return slices.ContainsFunc(batch, func(x *write) bool {
		return x.err == nil && slices.ContainsFunc(x.changed, func(c change) bool { return c.value != nil })
	})
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

// remembered is the row that read finds, or found before; clone makes one that is not shared.
func remembered[T any](ctx context.Context, db *DB, row rowID, clone func(T) T, read func() (T, error)) (found T, err error) {
	if store.PendingOf(ctx).Any() {
		return read() // in order
	}
	value, at := db.writer.recent.find(row)
	switch value := value.(type) {
	case T:
		return clone(value), nil
	case absentRow:
		return found, store.ErrNotFound
	}
	found, err = read()
	switch {
	case err == nil:
		db.writer.recent.keep(row, clone(found), at)
	case errors.Is(err, store.ErrNotFound):
		db.writer.recent.keep(row, absentRow{}, at)
	}
	return found, err
}
