package sqlite

import (
	"context"
	"time"

	"github.com/acrhost/acrhost/host/store"
)

const (
	clientColumns = "id, registered, settings, metadata, secret_hash, token_hash, created_at, updated_at, version"

	getClient   = "SELECT " + clientColumns + " FROM client WHERE id = ?"
	listClients = "SELECT " + clientColumns + " FROM client WHERE id > ? ORDER BY id LIMIT ?"

	countRegistered = "SELECT count(*) FROM client WHERE registered"

	createClient = "INSERT INTO client (" + clientColumns + ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, 1) RETURNING version"
	updateClient = `UPDATE client SET registered = ?2, settings = ?3, metadata = ?4, secret_hash = ?5, token_hash = ?6,
			created_at = ?7, updated_at = ?8, version = version + 1
		WHERE id = ?1 AND version = ?9
		RETURNING version`

	removeClient     = "DELETE FROM client WHERE id = ?"
	removeConsentsTo = "DELETE FROM consent WHERE client_id = ?"
)

// Client is store.Clients.
func (db *DB) Client(ctx context.Context, id string) (store.Client, error) {
	return get(ctx, db, scanClient, getClient, id)
}

// PutClient is store.Clients.
func (db *DB) PutClient(ctx context.Context, c store.Client, most int) (version int64, err error) {
	values := []any{
		c.ID, c.Registered, blob(c.Settings), blob(c.Metadata), blob(c.SecretHash), blob(c.TokenHash), at(c.CreatedAt), at(c.UpdatedAt),
	}
	query := createClient
	if c.Version != 0 {
		query, values = updateClient, append(values, c.Version)
	}
	err = db.writer.write(ctx, func(ctx context.Context, s *statements) error {
		if err := room(ctx, s, c, most); err != nil {
			return err
		}
		var err error
		version, err = one(ctx, s, scanInt, query, values...)
		return conflict(err)
	})
	return version, err
}

// room: counted in the transaction of the write, so that of many who register at once
// none slips in.
func room(ctx context.Context, s *statements, c store.Client, most int) error {
	if !c.Registered || c.Version != 0 || most <= 0 {
		return nil
	}
	n, err := one(ctx, s, scanInt, countRegistered)
	if err == nil && n >= int64(most) {
		return store.ErrFull
	}
	return err
}

// ListClients is store.Clients.
func (db *DB) ListClients(ctx context.Context, after string, limit int) ([]store.Client, error) {
	return list(ctx, db, scanClient, listClients, after, max(0, limit))
}

// RemoveClient is store.Clients.
func (db *DB) RemoveClient(ctx context.Context, id string, moment time.Time) (n int, err error) {
	err = db.writer.write(ctx, func(ctx context.Context, s *statements) error {
		gone, err := exec(ctx, s, removeClient, id)
		switch {
		case err != nil:
			return err
		case gone == 0:
			return store.ErrNotFound
		}
		if _, err := exec(ctx, s, removeConsentsTo, id); err != nil {
			return err
		}
		n, err = db.endGrants(ctx, s, id, "", moment)
		return err
	})
	return n, err
}

func scanClient(row row) (c store.Client, err error) {
	var created, updated int64
	var settings, metadata []byte
	err = row.Scan(&c.ID, &c.Registered, &settings, &metadata, &c.SecretHash, &c.TokenHash, &created, &updated, &c.Version)
	c.Settings, c.Metadata = settings, metadata
	c.CreatedAt, c.UpdatedAt = when(created), when(updated)
	return c, err
}
