package memory

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/acrhost/acrhost/host/store"
)

// User is store.Users.
func (s *Store) User(_ context.Context, id string) (store.User, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	u, ok := s.users[id]
	if !ok {
		return store.User{}, store.ErrNotFound
	}
	return copyUser(u)
}

// UserByName is store.Users.
func (s *Store) UserByName(ctx context.Context, name string) (store.User, error) {
	normal, err := store.NormalizeName(name)
	if err != nil {
		return store.User{}, store.ErrNotFound
	}
	s.mu.RLock()
	id := s.names[normal]
	s.mu.RUnlock()
	return s.User(ctx, id)
}

// ListUsers is store.Users.
func (s *Store) ListUsers(_ context.Context, after string, limit int) ([]store.User, error) {
	if after != "" {
		normal, err := store.NormalizeName(after)
		if err != nil {
			return nil, fmt.Errorf("list users after a name: %w", err)
		}
		after = normal
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	var names []string
	for name := range s.names {
		if name > after {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	var users []store.User
	for _, name := range names[:max(0, min(limit, len(names)))] {
		u, err := copyUser(s.users[s.names[name]])
		if err != nil {
			return nil, err
		}
		users = append(users, u)
	}
	return users, nil
}

// PutUser is store.Users.
func (s *Store) PutUser(_ context.Context, u store.User) (int64, error) {
	normal, err := store.NormalizeName(u.Name)
	if err != nil {
		return 0, err
	}
	if u, err = copyUser(u); err != nil {
		return 0, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	old := s.users[u.ID]
	if u.Version, err = next(u.Version, old.Version); err != nil {
		return 0, err
	}
	if id, taken := s.names[normal]; taken && id != u.ID {
		return 0, store.ErrConflict
	}
	if old.Version > 0 {
		s.forgetName(old)
	}
	u.CreatedAt, u.UpdatedAt = kept(u.CreatedAt), kept(u.UpdatedAt)
	s.names[normal] = u.ID
	s.users[u.ID] = u
	return u.Version, nil
}

// RemoveUser is store.Users.
func (s *Store) RemoveUser(_ context.Context, id string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	u, ok := s.users[id]
	if !ok {
		return store.ErrNotFound
	}
	s.forgetName(u)
	delete(s.users, id)
	s.deleteGroup(store.SessionsOf(id))
	for _, c := range s.credentials {
		if c.UserID == id {
			delete(s.credentials, c.ID)
		}
	}
	for of := range s.consents {
		if of.user == id {
			delete(s.consents, of)
		}
	}
	return nil
}

// Credentials is store.Users.
func (s *Store) Credentials(_ context.Context, userID string) ([]store.Credential, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	var found []store.Credential
	for _, c := range s.credentials {
		if c.UserID == userID {
			c.Data = bytes.Clone(c.Data)
			found = append(found, c)
		}
	}
	slices.SortFunc(found, func(a, b store.Credential) int {
		return cmp.Or(a.CreatedAt.Compare(b.CreatedAt), cmp.Compare(a.ID, b.ID))
	})
	return found, nil
}

// Credential is store.Users.
func (s *Store) Credential(_ context.Context, id string) (store.Credential, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	c, ok := s.credentials[id]
	if !ok {
		return store.Credential{}, store.ErrNotFound
	}
	c.Data = bytes.Clone(c.Data)
	return c, nil
}

// UsersByEmail is store.Users.
func (s *Store) UsersByEmail(_ context.Context, email string, limit int) ([]store.User, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	var found []store.User
	for _, u := range s.users {
		if email != "" && u.EmailVerified && lowerASCII(u.Email) == lowerASCII(email) {
			u, err := copyUser(u)
			if err != nil {
				return nil, err
			}
			found = append(found, u)
		}
	}
	slices.SortFunc(found, func(a, b store.User) int { return cmp.Compare(a.ID, b.ID) })
	return found[:max(0, min(limit, len(found)))], nil
}

// lowerASCII is lower case for A to Z alone: what Unicode folds together, such as the
// Kelvin sign and k, are different addresses.
func lowerASCII(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'A' && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, s)
}

// PutCredential is store.Users.
func (s *Store) PutCredential(_ context.Context, c store.Credential) (int64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.users[c.UserID]; !ok {
		return 0, store.ErrNotFound
	}
	old := s.credentials[c.ID]
	if old.Version > 0 && old.UserID != c.UserID {
		return 0, store.ErrConflict
	}
	version, err := next(c.Version, old.Version)
	if err != nil {
		return 0, err
	}
	c.Version = version
	c.Data = bytes.Clone(c.Data)
	c.CreatedAt, c.LastUsedAt = kept(c.CreatedAt), kept(c.LastUsedAt)
	s.credentials[c.ID] = c
	return version, nil
}

// RemoveCredential is store.Users.
func (s *Store) RemoveCredential(_ context.Context, id string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.credentials[id]; !ok {
		return store.ErrNotFound
	}
	delete(s.credentials, id)
	return nil
}

// forgetName frees the name of a user that is stored. The caller holds mu.
func (s *Store) forgetName(u store.User) {
	if normal, err := store.NormalizeName(u.Name); err == nil {
		delete(s.names, normal)
	}
}

func copyUser(u store.User) (store.User, error) {
	claims, err := copyObject(u.Claims)
	if err != nil {
		return store.User{}, fmt.Errorf("claims of user %s: %w", u.ID, err)
	}
	u.Claims = claims
	return u, nil
}

// copyObject copies by way of JSON, as a database does: what comes out of either
// has the same types.
func copyObject(object map[string]any) (map[string]any, error) {
	if object == nil {
		return nil, nil
	}
	text, err := json.Marshal(object)
	if err != nil {
		return nil, err
	}
	var copied map[string]any
	err = store.Decode(text, &copied)
	return copied, err
}
