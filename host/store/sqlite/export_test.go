package sqlite

// Forgetful is a store that remembers nothing: all that it gives comes from the file.
func Forgetful(db *DB) *DB {
	db.writer.recent.index = nil
	return db
}
