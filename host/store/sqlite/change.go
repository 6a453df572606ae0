package sqlite

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/acrhost/acrhost/host/store"
)

// Change is store.Artifacts. The one writer runs it: nobody else can write meanwhile.
func (db *DB) Change(ctx context.Context, kind store.Kind, ids []string, decide func([]store.Record) ([]store.Record, error)) (changed []store.Record, err error) {
	var refused error
	x := &write{whole: true}
	x.do = func(ctx context.Context, s *statements) error {
		now := at(db.now())
		found, err := db.getRecords(ctx, s, kind, ids, now)
		if err != nil {
			return err
		}
		if changed, refused = decide(found); refused == nil {
			refused = store.CheckChanged(kind, ids, changed)
		}
		if refused != nil {
			return store.ErrConflict // for the writer: nothing was changed
		}
		if err := putRecords(ctx, s, changed); err != nil {
			return err
		}
		x.changed = nothing()
		for _, r := range changed {
			x.changed = append(x.changed, changeOf(r, r.Version))
		}
		return nil
	}
	err = db.writer.do(ctx, x)
	if refused != nil {
		return nil, refused
	}
	return changed, err
}

// getRecords reads records in order, unless all are remembered; those that are not there have
// no version.
func (db *DB) getRecords(ctx context.Context, s *statements, kind store.Kind, ids []string, now int64) ([]store.Record, error) {
	args := []any{string(kind), now}
	records, remember := make([]store.Record, len(ids)), 0
	for i, id := range ids {
		args, records[i] = append(args, id), store.Record{Kind: kind, ID: id}
		r, known, _ := recall(db.writer.recent.inside(rowID{kind, id}), store.Record.Clone)
		if known {
			remember++
		}
		if known && at(r.ExpiresAt) > now {
			records[i] = r
		}
	}
	if remember == len(ids) {
		return records, nil
	}
	found, err := all(ctx, s, scanRecord, several("SELECT "+recordColumns+" FROM artifact WHERE kind = ? AND expires_at > ? AND id IN (", "?", len(ids), ")"), args...)
	if err != nil {
		return nil, err
	}
	for _, r := range found {
		for i := range ids {
			if ids[i] == r.ID {
				records[i] = r
			}
		}
	}
	return records, nil
}

// putRecords stores what was just read, by one statement, and notes the new versions.
func putRecords(ctx context.Context, s *statements, records []store.Record) error {
	if len(records) == 0 {
		return nil
	}
	args := make([]any, 0, 5*len(records))
	for _, r := range records {
		args = append(args, string(r.Kind), r.ID, r.Group, blob(r.Data), at(r.ExpiresAt))
	}
	stored, err := all(ctx, s, scanVersion, several("INSERT INTO artifact ("+recordColumns+") VALUES ", "(?, ?, ?, ?, 1, ?)", len(records), `
		ON CONFLICT (kind, id) DO UPDATE
		SET grp = excluded.grp, data = excluded.data, version = artifact.version + 1, expires_at = excluded.expires_at
		RETURNING id, version`), args...)
	if err != nil {
		return err
	}
	for _, v := range stored {
		i := slices.IndexFunc(records, func(r store.Record) bool { return r.ID == v.id })
		if i < 0 {
			return errors.New("a record was stored that was not to be")
		}
		records[i].Version = v.version
	}
	return nil
}

// several is a query with a part of it so many times. Callers change few records at once:
// there are as few queries.
func several(before, part string, n int, after string) string {
	return before + strings.TrimSuffix(strings.Repeat(part+", ", n), ", ") + after
}

// versioned is the version of a record.
type versioned struct {
	id      string
	version int64
}

func scanVersion(r row) (v versioned, err error) {
	err = r.Scan(&v.id, &v.version)
	return v, err
}
