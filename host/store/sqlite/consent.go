package sqlite

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/acrhost/acrhost/host/store"
)

const (
	consentColumns = "user_id, client_id, scope, claims, given_at"

	getConsent  = "SELECT " + consentColumns + " FROM consent WHERE user_id = ? AND client_id = ?"
	listConsent = "SELECT " + consentColumns + " FROM consent WHERE user_id = ? ORDER BY client_id"

	// No row when there is no such user.
	putConsent = "INSERT OR REPLACE INTO consent (" + consentColumns + ") SELECT id, ?2, ?3, ?4, ?5 FROM user WHERE id = ?1"

	removeConsent = "DELETE FROM consent WHERE user_id = ? AND client_id = ?"

	grantsOf    = "client_id = ?1 AND (?2 = '' OR user_id = ?2) AND revoked_at IS NULL AND expires_at > ?3"
	deleteThose = "DELETE FROM artifact WHERE grp IN (SELECT id FROM grant_ WHERE " + grantsOf + ")"
	endThose    = "UPDATE grant_ SET revoked_at = ?4 WHERE " + grantsOf
)

// Consent is store.Consents.
func (db *DB) Consent(ctx context.Context, userID, clientID string) (store.Consent, error) {
	return get(ctx, db, scanConsent, getConsent, userID, clientID)
}

// AddConsent is store.Consents.
func (db *DB) AddConsent(ctx context.Context, c store.Consent) error {
	add := func(ctx context.Context, s *statements) error {
		before, err := one(ctx, s, scanConsent, getConsent, c.UserID, c.ClientID)
		if err := absent(err); err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
		scope, err := joined(c.Scope, before.Scope)
		if err != nil {
			return fmt.Errorf("scope of consent: %w", err)
		}
		claims, err := joined(c.Claims, before.Claims)
		if err != nil {
			return fmt.Errorf("claims of consent: %w", err)
		}
		n, err := exec(ctx, s, putConsent, c.UserID, c.ClientID, scope, claims, at(c.GivenAt))
		if err == nil && n == 0 {
			return store.ErrNotFound
		}
		return err
	}
	return db.writer.do(ctx, &write{do: add, changed: nothing()})
}

// joined is the JSON list of each name of both lists once, sorted; null for none.
func joined(a, b []string) (string, error) {
	all := slices.Concat(a, b)
	slices.Sort(all)
	return toJSON(slices.Compact(all))
}

// ConsentsOf is store.Consents.
func (db *DB) ConsentsOf(ctx context.Context, userID string) ([]store.Consent, error) {
	return list(ctx, db, scanConsent, listConsent, userID)
}

// RemoveConsent is store.Consents.
func (db *DB) RemoveConsent(ctx context.Context, userID, clientID string, moment time.Time) (n int, err error) {
	err = db.writer.write(ctx, func(ctx context.Context, s *statements) error {
		gone, err := exec(ctx, s, removeConsent, userID, clientID)
		switch {
		case err != nil:
			return err
		case gone == 0:
			return store.ErrNotFound
		}
		n, err = db.endGrants(ctx, s, clientID, userID, moment)
		return err
	})
	return n, err
}

// EndGrants is store.Consents.
func (db *DB) EndGrants(ctx context.Context, clientID, userID string, moment time.Time) (n int, err error) {
	err = db.writer.write(ctx, func(ctx context.Context, s *statements) error {
		n, err = db.endGrants(ctx, s, clientID, userID, moment)
		return err
	})
	return n, err
}

// endGrants is EndGrants within a write.
func (db *DB) endGrants(ctx context.Context, s *statements, clientID, userID string, moment time.Time) (int, error) {
	now := at(db.now())
	if _, err := exec(ctx, s, deleteThose, clientID, userID, now); err != nil {
		return 0, err
	}
	n, err := exec(ctx, s, endThose, clientID, userID, now, at(moment))
	return int(n), err
}

func scanConsent(row row) (c store.Consent, err error) {
	var scope, claims string
	var given int64
	if err := row.Scan(&c.UserID, &c.ClientID, &scope, &claims, &given); err != nil {
		return store.Consent{}, err
	}
	c.GivenAt = when(given)
	return c, errors.Join(fromJSON(scope, "consent.scope", &c.Scope), fromJSON(claims, "consent.claims", &c.Claims))
}
