package sqlite

import "context"

// Forgetful is a store that remembers nothing: all that it gives comes from the file.
func Forgetful(db *DB) *DB {
	db.writer.recent.index = nil
	return db
}

// Impatient is a store that waits for no other process.
func Impatient(ctx context.Context, db *DB) error {
	_, err := exec(ctx, db.writer.statements, "PRAGMA busy_timeout=0")
	return err
}
