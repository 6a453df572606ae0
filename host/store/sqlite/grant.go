package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/acrhost/acrhost/host/store"
)

const (
	grantColumns = `id, client_id, user_id, session_id, scope, acr, amr, auth_time, acr_digest, journey, run,
		details, created_at, expires_at, revoked_at, rests_on`

	createGrant = "INSERT INTO grant_ (" + grantColumns + ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"

	getGrant = "SELECT " + grantColumns + " FROM grant_ WHERE id = ? AND expires_at > ?"

	listGrants = "SELECT " + grantColumns + ` FROM grant_ WHERE id > ? AND expires_at > ?
		AND (?3 = '' OR user_id = ?3) AND (?4 = '' OR client_id = ?4) AND (?5 = '' OR EXISTS (SELECT 1 FROM json_each(rests_on) WHERE value = ?5)) ORDER BY id LIMIT ?6`

	// The first condition is the index's.
	grantsInSession = `session_id <> '' AND session_id = ?1 AND revoked_at IS NULL AND expires_at > ?2
		AND NOT EXISTS (SELECT 1 FROM json_each(scope) WHERE value = ?3)`
	deleteInSession = "DELETE FROM artifact WHERE grp IN (SELECT id FROM grant_ WHERE " + grantsInSession + ")"
	endInSession    = "UPDATE grant_ SET revoked_at = ?4 WHERE " + grantsInSession

	// The first revocation stands.
	revokeGrant = "UPDATE grant_ SET revoked_at = coalesce(revoked_at, ?) WHERE id = ? AND expires_at > ?"
)

// PutGrant is store.Grants.
func (db *DB) PutGrant(ctx context.Context, g store.Grant) error {
	if g.ExpiresAt.IsZero() {
		return store.ErrNoExpiry
	}
	scope, err := toJSON(g.Scope)
	if err != nil {
		return fmt.Errorf("scope of grant: %w", err)
	}
	amr, err := toJSON(g.AMR)
	if err != nil {
		return fmt.Errorf("amr of grant: %w", err)
	}
	rests, err := toJSON(append([]string{}, g.RestsOn...))
	if err != nil {
		return fmt.Errorf("modules of grant: %w", err)
	}
	put := func(ctx context.Context, s *statements) error {
		// In the transaction of the write: a module is revoked before it, or after it and
		// then with this grant.
		revoked, err := rememberedInside(&db.writer.recent, s, rowID{of: modulesRow}, slices.Clone, revokedModules)
		if err != nil {
			return err
		}
		for _, m := range revoked {
			if slices.Contains(g.RestsOn, m.Digest) {
				return store.ErrRevokedModule
			}
		}
		_, err = exec(ctx, s, createGrant, g.ID, g.ClientID, g.UserID, g.SessionID, scope, g.ACR, amr, at(g.AuthTime), g.ACRDigest,
			g.Journey, g.Run, blob(g.Details), at(g.CreatedAt), at(g.ExpiresAt), maybeAt(g.RevokedAt), rests)
		return conflict(err)
	}
	return db.writer.do(ctx, &write{do: put, whole: true, changed: []change{{rowID{grantRow, g.ID}, asStored(g)}}})
}

// asStored is a grant as it comes back.
func asStored(g store.Grant) store.Grant {
	g = g.Clone()
	g.RestsOn, g.Details = append([]string{}, g.RestsOn...), blob(g.Details)
	g.AuthTime, g.CreatedAt, g.ExpiresAt = when(at(g.AuthTime)), when(at(g.CreatedAt)), when(at(g.ExpiresAt))
	g.RevokedAt = maybeWhen(maybeAt(g.RevokedAt))
	return g
}

// Grant is store.Grants.
func (db *DB) Grant(ctx context.Context, id string) (store.Grant, error) {
	now := at(db.now())
	g, err := remembered(ctx, db, rowID{grantRow, id}, store.Grant.Clone, first(scanGrant, getGrant, id, now))
	if err == nil && at(g.ExpiresAt) <= now {
		return store.Grant{}, store.ErrNotFound
	}
	return g, err
}

// ListGrants is store.Grants. It is for operators: it reads all grants.
func (db *DB) ListGrants(ctx context.Context, fits store.GrantFilter, after string, limit int) ([]store.Grant, error) {
	return list(ctx, db, scanGrant, listGrants, after, at(db.now()), fits.UserID, fits.ClientID, fits.RestsOn, max(0, limit))
}

// RevokeGrant is store.Grants.
func (db *DB) RevokeGrant(ctx context.Context, id string, moment time.Time) error {
	return db.writer.write(ctx, func(ctx context.Context, s *statements) error {
		now := at(db.now())
		n, err := exec(ctx, s, revokeGrant, at(moment), id, now)
		if err != nil {
			return err
		}
		if n == 0 {
			return store.ErrNotFound
		}
		_, err = exec(ctx, s, deleteGroup, id, now)
		return err
	})
}

// EndSession is store.Grants.
func (db *DB) EndSession(ctx context.Context, sessionID, keep string, moment time.Time) (n int, err error) {
	err = db.writer.write(ctx, func(ctx context.Context, s *statements) error {
		now := at(db.now())
		if _, err := exec(ctx, s, deleteInSession, sessionID, now, keep); err != nil {
			return err
		}
		ended, err := exec(ctx, s, endInSession, sessionID, now, keep, at(moment))
		n = int(ended)
		return err
	})
	return n, err
}

func scanGrant(row row) (g store.Grant, err error) {
	var scope, amr, rests string
	var details []byte
	var authTime, created, expires int64
	var revoked sql.NullInt64
	err = row.Scan(&g.ID, &g.ClientID, &g.UserID, &g.SessionID, &scope, &g.ACR, &amr, &authTime, &g.ACRDigest,
		&g.Journey, &g.Run, &details, &created, &expires, &revoked, &rests)
	if err != nil {
		return store.Grant{}, err
	}
	g.Details = json.RawMessage(details)
	g.AuthTime, g.CreatedAt, g.ExpiresAt = when(authTime), when(created), when(expires)
	g.RevokedAt = maybeWhen(revoked)
	if err := fromJSON(scope, "grant_.scope", &g.Scope); err != nil {
		return store.Grant{}, err
	}
	if err := fromJSON(rests, "grant_.rests_on", &g.RestsOn); err != nil {
		return store.Grant{}, err
	}
	return g, fromJSON(amr, "grant_.amr", &g.AMR)
}
