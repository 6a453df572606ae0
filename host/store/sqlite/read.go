package sqlite

import (
	"context"
	"database/sql"
	"errors"

	"github.com/acrhost/acrhost/host/store"
)

// get reads one row, or store.ErrNotFound. It is not interrupted: a row is there sooner
// than a watch over the context would be.
func get[T any](ctx context.Context, db *DB, scan func(row) (T, error), query string, args ...any) (found T, err error) {
	if err := ctx.Err(); err != nil {
		return found, err
	}
	err = db.inOrder(ctx, func(_ context.Context, s *statements) (err error) {
		found, err = one(context.Background(), s, scan, query, args...)
		return absent(err)
	})
	return found, err
}

// list reads all rows.
func list[T any](ctx context.Context, db *DB, scan func(row) (T, error), query string, args ...any) (found []T, err error) {
	err = db.inOrder(ctx, func(ctx context.Context, s *statements) (err error) {
		found, err = all(ctx, s, scan, query, args...)
		return err
	})
	return found, err
}

// inOrder reads what is committed, or behind what the same caller has made before and is
// not committed yet (store.Together).
func (db *DB) inOrder(ctx context.Context, read func(context.Context, *statements) error) error {
	if store.PendingOf(ctx).Any() {
		return db.writer.do(ctx, &write{do: read, whole: true, changed: nothing()})
	}
	return db.readers.with(ctx, read)
}

// absent turns SQLite's answers into the law's.
func absent(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return store.ErrNotFound
	}
	return err
}
