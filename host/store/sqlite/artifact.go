package sqlite

import (
	"context"

	"github.com/acrhost/acrhost/host/store"
)

const (
	recordColumns = "kind, id, grp, data, version, expires_at"

	getRecord = "SELECT " + recordColumns + " FROM artifact WHERE kind = ? AND id = ? AND expires_at > ?"

	newRecord = "INSERT INTO artifact (" + recordColumns + ") VALUES (?, ?, ?, ?, 1, ?) ON CONFLICT DO NOTHING"

	// What replaces an expired record goes on from its version: who still holds
	// the expired one can't overwrite the new one.
	createRecord = `INSERT INTO artifact (` + recordColumns + `) VALUES (?, ?, ?, ?, 1, ?)
		ON CONFLICT (kind, id) DO UPDATE
		SET grp = excluded.grp, data = excluded.data, version = artifact.version + 1, expires_at = excluded.expires_at
		WHERE artifact.expires_at <= ?
		RETURNING version`

	updateRecord = `UPDATE artifact SET grp = ?, data = ?, version = version + 1, expires_at = ?
		WHERE kind = ? AND id = ? AND version = ? AND expires_at > ?`

	takeRecord = "DELETE FROM artifact WHERE kind = ? AND id = ? AND expires_at > ? RETURNING " + recordColumns

	listGroup = "SELECT " + recordColumns + " FROM artifact WHERE grp = ? AND grp <> '' AND kind = ? AND expires_at > ? ORDER BY id LIMIT ?"

	// Expired records are not counted, so they are left to the sweep.
	deleteGroup = "DELETE FROM artifact WHERE grp = ? AND grp <> '' AND expires_at > ?"

	sweepRecords = "DELETE FROM artifact WHERE rowid IN (SELECT rowid FROM artifact WHERE expires_at <= ? LIMIT ?)"
	sweepGrants  = "DELETE FROM grant_ WHERE rowid IN (SELECT rowid FROM grant_ WHERE expires_at <= ? LIMIT ?)"
)

// sweepAtOnce bounds how long a sweep holds up other writes.
const sweepAtOnce = 500

// Get is store.Artifacts.
func (db *DB) Get(ctx context.Context, kind store.Kind, id string) (store.Record, error) {
	now := at(db.now())
	r, err := remembered(ctx, db, rowID{kind, id}, store.Record.Clone, first(scanRecord, getRecord, string(kind), id, now))
	if err == nil && at(r.ExpiresAt) <= now {
		return store.Record{}, store.ErrNotFound
	}
	return r, err
}

// Put is store.Artifacts.
func (db *DB) Put(ctx context.Context, r store.Record) (version int64, err error) {
	if r.ExpiresAt.IsZero() {
		return 0, store.ErrNoExpiry
	}
	x := &write{whole: true}
	x.do = func(ctx context.Context, s *statements) (err error) {
		version, err = putRecord(ctx, s, r, at(db.now()))
		x.changed = []change{changeOf(r, version)}
		return err
	}
	err = db.writer.do(ctx, x)
	return version, err
}

// putRecord asks for no answer where it knows it: a row that comes back takes longer than a
// count.
func putRecord(ctx context.Context, s *statements, r store.Record, now int64) (version int64, err error) {
	if r.Version > 0 {
		n, err := exec(ctx, s, updateRecord, r.Group, blob(r.Data), at(r.ExpiresAt), string(r.Kind), r.ID, r.Version, now)
		if err == nil && n == 0 {
			err = store.ErrConflict
		}
		return r.Version + 1, err
	}
	n, err := exec(ctx, s, newRecord, string(r.Kind), r.ID, r.Group, blob(r.Data), at(r.ExpiresAt))
	if err != nil || n > 0 {
		return 1, err
	}
	version, err = one(ctx, s, scanInt, createRecord, string(r.Kind), r.ID, r.Group, blob(r.Data), at(r.ExpiresAt), now)
	return version, conflict(err)
}

// Take is store.Artifacts.
func (db *DB) Take(ctx context.Context, kind store.Kind, id string) (r store.Record, err error) {
	take := func(ctx context.Context, s *statements) (err error) {
		r, err = one(ctx, s, scanRecord, takeRecord, string(kind), id, at(db.now()))
		return absent(err)
	}
	err = db.writer.do(ctx, &write{do: take, whole: true, changed: []change{{row: rowID{kind, id}}}})
	if err != nil {
		return store.Record{}, err // what was read and then not committed is nobody's
	}
	return r, nil
}

// Group is store.Artifacts.
func (db *DB) Group(ctx context.Context, kind store.Kind, group string, limit int) ([]store.Record, error) {
	return list(ctx, db, scanRecord, listGroup, group, string(kind), at(db.now()), max(0, limit))
}

// DeleteGroup is store.Artifacts.
func (db *DB) DeleteGroup(ctx context.Context, group string) (int, error) {
	return db.count(ctx, deleteGroup, group, at(db.now()))
}

// Sweep is store.Artifacts. It writes in small portions, between which others
// get their turn.
func (db *DB) Sweep(ctx context.Context) (int, error) {
	now, sum := at(db.now()), 0
	for _, query := range []string{sweepRecords, sweepGrants} {
		for {
			n, err := db.count(ctx, query, now, sweepAtOnce)
			sum += n
			if err != nil {
				return sum, err
			}
			if n < sweepAtOnce {
				break
			}
		}
	}
	return sum, nil
}

// count runs one statement and counts the rows that it changed.
func (db *DB) count(ctx context.Context, query string, args ...any) (int, error) {
	var n int64
	err := db.writer.writeOne(ctx, func(ctx context.Context, s *statements) (err error) {
		n, err = exec(ctx, s, query, args...)
		return err
	})
	if err != nil {
		return 0, err
	}
	return int(n), nil
}

func scanRecord(row row) (r store.Record, err error) {
	var expires int64
	err = row.Scan(&r.Kind, &r.ID, &r.Group, &r.Data, &r.Version, &expires)
	r.ExpiresAt = when(expires)
	return r, err
}

// changeOf is what a record that was stored is remembered as.
func changeOf(r store.Record, version int64) change {
	r.Data, r.ExpiresAt, r.Version = append([]byte{}, r.Data...), when(at(r.ExpiresAt)), version
	return change{rowID{r.Kind, r.ID}, r}
}
