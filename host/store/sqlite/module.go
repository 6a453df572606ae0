package sqlite

import (
	"context"
	"slices"

	"github.com/acrhost/acrhost/host/store"
)

const (
	// The first word stands.
	addRevoked = "INSERT INTO revoked_module (digest, at, reason) VALUES (?, ?, ?) ON CONFLICT (digest) DO NOTHING"

	restingOn = `revoked_at IS NULL AND expires_at > ?1 AND EXISTS (SELECT 1 FROM json_each(rests_on) WHERE value = ?2)`

	deleteGroups  = "DELETE FROM artifact WHERE grp IN (SELECT id FROM grant_ WHERE " + restingOn + ")"
	revokeResting = "UPDATE grant_ SET revoked_at = ?3 WHERE " + restingOn

	allowModule = "DELETE FROM revoked_module WHERE digest = ?"
	listRevoked = "SELECT digest, at, reason FROM revoked_module ORDER BY digest"
)

// RevokeModule is store.Modules.
func (db *DB) RevokeModule(ctx context.Context, m store.RevokedModule) (int, error) {
	var n int64
	err := db.writer.write(ctx, func(ctx context.Context, s *statements) error {
		if _, err := exec(ctx, s, addRevoked, m.Digest, at(m.At), m.Reason); err != nil {
			return err
		}
		now := at(db.now())
		if _, err := exec(ctx, s, deleteGroups, now, m.Digest); err != nil {
			return err
		}
		var err error
		n, err = exec(ctx, s, revokeResting, now, m.Digest, at(m.At))
		return err
	})
	if err != nil {
		return 0, err
	}
	return int(n), nil
}

// AllowModule is store.Modules.
func (db *DB) AllowModule(ctx context.Context, digest string) error {
	return db.remove(ctx, allowModule, digest)
}

// RevokedModules is store.Modules.
func (db *DB) RevokedModules(ctx context.Context) ([]store.RevokedModule, error) {
	return remembered(ctx, db, rowID{of: modulesRow}, slices.Clone, revokedModules)
}

func revokedModules(s *statements) ([]store.RevokedModule, error) {
	return all(context.Background(), s, scanRevoked, listRevoked)
}

func scanRevoked(row row) (m store.RevokedModule, err error) {
	var moment int64
	err = row.Scan(&m.Digest, &moment, &m.Reason)
	m.At = when(moment)
	return m, err
}
