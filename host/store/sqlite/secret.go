package sqlite

import (
	"context"
)

const (
	getSecret = "SELECT sealed FROM secret WHERE name = ?"
	addSecret = "INSERT INTO secret (name, sealed) VALUES (?, ?)"
)

// Secret is store.Secrets.
func (db *DB) Secret(ctx context.Context, name string) ([]byte, error) {
	return get(ctx, db, scanSecret, getSecret, name)
}

// AddSecret is store.Secrets.
func (db *DB) AddSecret(ctx context.Context, name string, sealed []byte) error {
	return db.writer.write(ctx, func(ctx context.Context, s *statements) error {
		_, err := exec(ctx, s, addSecret, name, blob(sealed))
		return conflict(err)
	})
}

func scanSecret(row row) (sealed []byte, err error) {
	err = row.Scan(&sealed)
	return sealed, err
}
