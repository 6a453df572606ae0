package sqlite

import (
	"context"

	"github.com/acrhost/acrhost/host/store"
)

const (
	credentialColumns = "id, user_id, kind, label, data, created_at, last_used_at, version"

	listCredentials = "SELECT " + credentialColumns + " FROM credential WHERE user_id = ? ORDER BY created_at, id"

	getCredential = "SELECT " + credentialColumns + " FROM credential WHERE id = ?"

	userExists = "SELECT count(*) FROM user WHERE id = ?"

	createCredential = "INSERT INTO credential (" + credentialColumns + ") VALUES (?, ?, ?, ?, ?, ?, ?, 1) RETURNING version"
	updateCredential = `UPDATE credential SET kind = ?3, label = ?4, data = ?5, created_at = ?6, last_used_at = ?7, version = version + 1
		WHERE id = ?1 AND user_id = ?2 AND version = ?8
		RETURNING version`

	removeCredential = "DELETE FROM credential WHERE id = ?"
)

// Credentials is store.Users.
func (db *DB) Credentials(ctx context.Context, userID string) ([]store.Credential, error) {
	return list(ctx, db, scanCredential, listCredentials, userID)
}

// Credential is store.Users.
func (db *DB) Credential(ctx context.Context, id string) (store.Credential, error) {
	return get(ctx, db, scanCredential, getCredential, id)
}

// PutCredential is store.Users.
func (db *DB) PutCredential(ctx context.Context, c store.Credential) (version int64, err error) {
	values := []any{c.ID, c.UserID, c.Kind, c.Label, blob(c.Data), at(c.CreatedAt), at(c.LastUsedAt)}
	query := createCredential
	if c.Version != 0 {
		query, values = updateCredential, append(values, c.Version)
	}
	put := func(ctx context.Context, s *statements) error {
		users, err := one(ctx, s, scanInt, userExists, c.UserID)
		if err != nil {
			return err
		}
		if users == 0 {
			return store.ErrNotFound
		}
		version, err = one(ctx, s, scanInt, query, values...)
		return conflict(err)
	}
	err = db.writer.do(ctx, &write{do: put, changed: nothing()})
	return version, err
}

// RemoveCredential is store.Users.
func (db *DB) RemoveCredential(ctx context.Context, id string) error {
	return db.remove(ctx, removeCredential, id)
}

func scanCredential(row row) (c store.Credential, err error) {
	var created, used int64
	err = row.Scan(&c.ID, &c.UserID, &c.Kind, &c.Label, &c.Data, &created, &used, &c.Version)
	c.CreatedAt, c.LastUsedAt = when(created), when(used)
	return c, err
}
