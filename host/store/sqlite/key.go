package sqlite

import (
	"context"
	"database/sql"

	"github.com/acrhost/acrhost/host/store"
)

const (
	listKeys = "SELECT id, alg, sealed, created_at, retired_at FROM signing_key ORDER BY created_at, id"

	// The index signing_key_in_use refuses a second key that signs.
	addKey = "INSERT INTO signing_key (id, alg, sealed, created_at, retired_at) VALUES (?, ?, ?, ?, ?)"
)

// SigningKeys is store.SigningKeys.
func (db *DB) SigningKeys(ctx context.Context) ([]store.SigningKey, error) {
	return all(ctx, &db.reads, scanKey, listKeys)
}

// AddSigningKey is store.SigningKeys.
func (db *DB) AddSigningKey(ctx context.Context, k store.SigningKey) error {
	return db.writer.write(ctx, func(ctx context.Context, s *statements) error {
		_, err := exec(ctx, s, addKey, k.ID, k.Alg, blob(k.Sealed), at(k.CreatedAt), maybeAt(k.RetiredAt))
		return conflict(err)
	})
}

func scanKey(row row) (k store.SigningKey, err error) {
	var created int64
	var retired sql.NullInt64
	err = row.Scan(&k.ID, &k.Alg, &k.Sealed, &created, &retired)
	k.CreatedAt, k.RetiredAt = when(created), maybeWhen(retired)
	return k, err
}
