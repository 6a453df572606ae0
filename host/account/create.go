package account

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"maps"

	"github.com/acrhost/acrhost/host/account/passhash"
	"github.com/acrhost/acrhost/host/store"
)

// NewUser is an account to create.
type NewUser struct {
	ID            string // empty: a new one, that nobody can guess
	Name          string
	Password      string // empty: the user has none, and can't sign in with one
	PasswordHash  string // of another system, in place of Password
	Change        bool   // the password has to be changed at the next login
	Email         string
	EmailVerified bool
	Phone         string
	PhoneVerified bool
	Claims        map[string]any
	Disabled      bool
}

// Create adds an account: ErrNameTaken, store.ErrName, ErrPassword and
// passhash.ErrHash say why not.
func (s *Service) Create(ctx context.Context, n NewUser) (store.User, error) {
	user, err := s.createChosen(ctx, n)
	if err != nil {
		return store.User{}, fmt.Errorf("create user %q: %w", n.Name, err)
	}
	return user, nil
}

func (s *Service) createChosen(ctx context.Context, n NewUser) (store.User, error) {
	if n.Password != "" {
		if _, err := s.choose(n.Password); err != nil {
			return store.User{}, err
		}
	}
	if n.ID == "" {
		n.ID = rand.Text()
	}
	return s.create(ctx, n)
}

func (s *Service) create(ctx context.Context, n NewUser) (store.User, error) {
	// First what is slow and what may be refused: what fails leaves nothing behind.
	kept, err := s.keep(ctx, n.Password, n.PasswordHash, n.Change)
	if err != nil {
		return store.User{}, err
	}
	now := s.now()
	user := store.User{
		ID: n.ID, Name: n.Name, Email: n.Email, EmailVerified: n.EmailVerified,
		Phone: n.Phone, PhoneVerified: n.PhoneVerified, Claims: maps.Clone(n.Claims),
		Disabled: n.Disabled, CreatedAt: now, UpdatedAt: now,
	}
	version, err := s.users.PutUser(ctx, user)
	if errors.Is(err, store.ErrConflict) {
		return store.User{}, ErrNameTaken
	}
	if err != nil {
		return store.User{}, err
	}
	user.Version = version
	if kept.hash == nil {
		return user, nil
	}
	if err := s.putKeeping(ctx, user.ID, kept); err != nil {
		return store.User{}, errors.Join(err, s.users.RemoveUser(ctx, user.ID))
	}
	return user, nil
}

// keep is a password as it is to be stored: hashed now, or by another system.
// Without either the hash is nil.
func (s *Service) keep(ctx context.Context, password, hash string, change bool) (keeping, error) {
	k := keeping{change: change}
	switch {
	case password != "" && hash != "":
		return k, errors.New("both a password and a hash of one were given")
	case hash != "":
		var err error
		k.hash, err = passhash.Parse(hash)
		return k, err
	case password == "":
		return k, nil
	}
	normal, err := acceptable(password)
	if err != nil {
		return k, err
	}
	k.hash, err = s.hasher.make(ctx, normal)
	return k, err
}
