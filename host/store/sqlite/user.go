package sqlite

import (
	"context"
	"fmt"

	"github.com/acrhost/acrhost/host/store"
)

const (
	userColumns = "id, name, email, email_verified, phone, phone_verified, claims, disabled, created_at, updated_at, version"

	getUser       = "SELECT " + userColumns + " FROM user WHERE id = ?"
	getUserByName = "SELECT " + userColumns + " FROM user WHERE normal_name = ?"
	usersByEmail  = "SELECT " + userColumns + " FROM user WHERE email = ? COLLATE NOCASE AND email <> '' AND email_verified ORDER BY id LIMIT ?"
	listUsers     = "SELECT " + userColumns + " FROM user WHERE normal_name > ? ORDER BY normal_name LIMIT ?"

	createUser = "INSERT INTO user (" + userColumns + ", normal_name) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1, ?) RETURNING version"
	updateUser = `UPDATE user SET name = ?2, email = ?3, email_verified = ?4, phone = ?5, phone_verified = ?6, claims = ?7,
			disabled = ?8, created_at = ?9, updated_at = ?10, normal_name = ?11, version = version + 1
		WHERE id = ?1 AND version = ?12
		RETURNING version`

	removeUser = "DELETE FROM user WHERE id = ?"
)

// User is store.Users.
func (db *DB) User(ctx context.Context, id string) (store.User, error) {
	return remembered(ctx, db, rowID{userRow, id}, store.User.Clone, first(scanUser, getUser, id))
}

// UserByName is store.Users.
func (db *DB) UserByName(ctx context.Context, name string) (store.User, error) {
	normal, err := store.NormalizeName(name)
	if err != nil {
		return store.User{}, store.ErrNotFound
	}
	return remembered(ctx, db, rowID{userNameRow, normal}, store.User.Clone, first(scanUser, getUserByName, normal))
}

// ListUsers is store.Users.
func (db *DB) ListUsers(ctx context.Context, after string, limit int) ([]store.User, error) {
	if after != "" {
		normal, err := store.NormalizeName(after)
		if err != nil {
			return nil, fmt.Errorf("list users after a name: %w", err)
		}
		after = normal
	}
	return list(ctx, db, scanUser, listUsers, after, max(0, limit))
}

// UsersByEmail is store.Users. NOCASE is SQLite's for ASCII alone.
func (db *DB) UsersByEmail(ctx context.Context, email string, limit int) ([]store.User, error) {
	return list(ctx, db, scanUser, usersByEmail, email, max(0, limit))
}

// PutUser is store.Users.
func (db *DB) PutUser(ctx context.Context, u store.User) (version int64, err error) {
	normal, err := store.NormalizeName(u.Name)
	if err != nil {
		return 0, err
	}
	claims, err := toJSON(u.Claims)
	if err != nil {
		return 0, fmt.Errorf("claims of user %s: %w", u.ID, err)
	}
	values := []any{
		u.ID, u.Name, u.Email, u.EmailVerified, u.Phone, u.PhoneVerified, claims,
		u.Disabled, at(u.CreatedAt), at(u.UpdatedAt), normal,
	}
	query := createUser
	if u.Version != 0 {
		query, values = updateUser, append(values, u.Version)
	}
	err = db.writer.write(ctx, func(ctx context.Context, s *statements) (err error) {
		version, err = one(ctx, s, scanInt, query, values...)
		return conflict(err)
	})
	return version, err
}

// RemoveUser is store.Users. The credentials go by their foreign key.
func (db *DB) RemoveUser(ctx context.Context, id string) error {
	return db.writer.write(ctx, func(ctx context.Context, s *statements) error {
		n, err := exec(ctx, s, removeUser, id)
		if err != nil {
			return err
		}
		if n == 0 {
			return store.ErrNotFound
		}
		_, err = exec(ctx, s, deleteGroup, store.SessionsOf(id), at(db.now()))
		return err
	})
}

// remove deletes the row with an id.
func (db *DB) remove(ctx context.Context, query, id string) error {
	n, err := db.count(ctx, query, id)
	if err == nil && n == 0 {
		return store.ErrNotFound
	}
	return err
}

func scanUser(row row) (u store.User, err error) {
	var claims string
	var created, updated int64
	err = row.Scan(&u.ID, &u.Name, &u.Email, &u.EmailVerified, &u.Phone, &u.PhoneVerified, &claims,
		&u.Disabled, &created, &updated, &u.Version)
	if err != nil {
		return store.User{}, err
	}
	u.CreatedAt, u.UpdatedAt = when(created), when(updated)
	return u, fromJSON(claims, "user.claims", &u.Claims)
}
