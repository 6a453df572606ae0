package account

import (
	"context"
	"errors"
	"fmt"
	"maps"

	"github.com/acrhost/acrhost/host/store"
)

// Change is what is to become different of an account. What is nil or empty stays.
type Change struct {
	Email         *string
	EmailVerified *bool
	Phone         *string
	PhoneVerified *bool
	Claims        map[string]any // all of them
	Disabled      *bool
	Password      string
	PasswordHash  string // of another system, in place of Password
	MustChange    *bool  // whether the password has to be changed at the next login
}

// Update changes an account by the word of the operator. store.ErrNotFound,
// ErrPassword and passhash.ErrHash say why not.
func (s *Service) Update(ctx context.Context, userID string, c Change) error {
	if err := s.update(ctx, userID, c); err != nil {
		return fmt.Errorf("update user %s: %w", userID, err)
	}
	return nil
}

func (s *Service) update(ctx context.Context, userID string, c Change) error {
	if c.Password != "" {
		if _, err := s.choose(c.Password); err != nil {
			return err
		}
	}
	kept, err := s.keep(ctx, c.Password, c.PasswordHash, c.MustChange != nil && *c.MustChange)
	if err != nil {
		return err
	}
	if err := s.changeUser(ctx, userID, c); err != nil {
		return err
	}
	switch {
	case kept.hash != nil:
		return s.putKeeping(ctx, userID, kept)
	case c.MustChange != nil:
		return s.markChange(ctx, userID, *c.MustChange)
	}
	return nil
}

func (s *Service) changeUser(ctx context.Context, userID string, c Change) error {
	const attempts = 10
	var err error
	for range attempts {
		var u store.User
		if u, err = s.users.User(ctx, userID); err != nil {
			return err
		}
		set(&u.Email, c.Email)
		set(&u.EmailVerified, c.EmailVerified)
		set(&u.Phone, c.Phone)
		set(&u.PhoneVerified, c.PhoneVerified)
		set(&u.Disabled, c.Disabled)
		if c.Claims != nil {
			u.Claims = maps.Clone(c.Claims)
		}
		u.UpdatedAt = s.now()
		if _, err = s.users.PutUser(ctx, u); !errors.Is(err, store.ErrConflict) {
			return err
		}
	}
	return err
}

func set[V any](to *V, from *V) {
	if from != nil {
		*to = *from
	}
}

// markChange says of the password that there is whether it has to be changed.
func (s *Service) markChange(ctx context.Context, userID string, change bool) error {
	stored, _, err := s.storedPassword(ctx, userID)
	if err != nil || stored.Version == 0 {
		return err
	}
	return s.putCredential(ctx, userID, kindPassword, func(c *store.Credential) error {
		kept, err := parseKeeping(c.Data)
		if err != nil {
			return err
		}
		c.Data = keeping{hash: kept.hash, change: change}.data()
		return nil
	})
}
