package sqlite

import (
	"context"
	"database/sql"

	"github.com/acrhost/acrhost/host/store"
)

const (
	listKeys = "SELECT id, alg, sealed, created_at, signs_at, retired_at FROM signing_key ORDER BY created_at, id"

	// The index signing_key_in_use refuses a second key that signs.
	addKey = "INSERT INTO signing_key (id, alg, sealed, created_at, signs_at, retired_at) VALUES (?, ?, ?, ?, ?, ?)"

	retireKey = "UPDATE signing_key SET retired_at = ? WHERE id = ? AND alg = ? AND retired_at IS NULL AND NOT EXISTS (SELECT 1 FROM signing_key WHERE id = ?)"
	hasten    = "UPDATE signing_key SET retired_at = ?1 WHERE alg = ?2 AND retired_at > ?1"
	removeKey = "DELETE FROM signing_key WHERE id = ?"
)

// SigningKeys is store.SigningKeys.
func (db *DB) SigningKeys(ctx context.Context) ([]store.SigningKey, error) {
	return list(ctx, db, scanKey, listKeys)
}

// AddSigningKey is store.SigningKeys.
func (db *DB) AddSigningKey(ctx context.Context, k store.SigningKey) error {
	return db.writer.write(ctx, func(ctx context.Context, s *statements) error {
		_, err := exec(ctx, s, addKey, k.ID, k.Alg, blob(k.Sealed), at(k.CreatedAt), at(k.SignsAt), maybeAt(k.RetiredAt))
		return conflict(err)
	})
}

// RotateSigningKey is store.SigningKeys.
func (db *DB) RotateSigningKey(ctx context.Context, last string, k store.SigningKey) error {
	return db.writer.write(ctx, func(ctx context.Context, s *statements) error {
		n, err := exec(ctx, s, retireKey, at(k.SignsAt), last, k.Alg, k.ID)
		if err != nil {
			return err
		}
		if n == 0 {
			return store.ErrConflict
		}
		if _, err := exec(ctx, s, hasten, at(k.SignsAt), k.Alg); err != nil {
			return err
		}
		_, err = exec(ctx, s, addKey, k.ID, k.Alg, blob(k.Sealed), at(k.CreatedAt), at(k.SignsAt), nil)
		return err
	})
}

// RemoveSigningKey is store.SigningKeys.
func (db *DB) RemoveSigningKey(ctx context.Context, id string) error {
	return db.writer.write(ctx, func(ctx context.Context, s *statements) error {
		n, err := exec(ctx, s, removeKey, id)
		if err == nil && n == 0 {
			return store.ErrNotFound
		}
		return err
	})
}

func scanKey(row row) (k store.SigningKey, err error) {
	var created, signs int64
	var retired sql.NullInt64
	err = row.Scan(&k.ID, &k.Alg, &k.Sealed, &created, &signs, &retired)
	k.CreatedAt, k.SignsAt, k.RetiredAt = when(created), when(signs), maybeWhen(retired)
	return k, err
}
