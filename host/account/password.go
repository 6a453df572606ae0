package account

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/acrhost/acrhost/host/account/passhash"
	"github.com/acrhost/acrhost/host/store"
)

// Verified is what came of checking a password.
type Verified struct {
	// User is whose password was meant, also when the answer is no, for the audit log;
	// for an unknown name it is the zero User.
	User store.User
	OK   bool
	// Change says of a right password that the user has to choose another one: it was
	// set to be changed, or it is on the list of breached passwords.
	Change bool
}

// VerifyPassword says whether the password is that of the user with this name.
// A wrong one is no error.
//
// Whether the user is unknown, disabled or has no password: the same reads and one
// hash are done, and the answer is the same. The hash is that of decoys.
func (s *Service) VerifyPassword(ctx context.Context, username, password string) (Verified, error) {
	user, err := s.users.UserByName(ctx, username)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return Verified{}, fmt.Errorf("verify password: %w", err)
	}
	known := err == nil
	stored, kept, err := s.storedPassword(ctx, user.ID)
	if err != nil {
		return Verified{}, fmt.Errorf("verify password of user %s: %w", user.ID, err)
	}
	if kept.hash == nil {
		kept.hash = s.decoys.of(username)
	}
	normal, bad := normalize(password)
	matches, err := s.hasher.matches(ctx, normal, kept.hash)
	if err != nil {
		return Verified{}, fmt.Errorf("verify password: %w", err)
	}
	v := Verified{User: user, OK: known && !user.Disabled && stored.Version > 0 && bad == nil && matches}
	if !v.OK {
		return v, nil
	}
	if v.Change, err = s.mustChange(kept, normal); err == nil {
		err = s.used(ctx, stored, kept, normal)
	}
	v.OK = err == nil
	return v, err
}

// storedPassword is a user's password, or no credential and the zero keeping.
func (s *Service) storedPassword(ctx context.Context, userID string) (store.Credential, keeping, error) {
	stored, err := s.credential(ctx, userID, kindPassword)
	if errors.Is(err, store.ErrNotFound) {
		return store.Credential{}, keeping{}, nil
	}
	if err != nil {
		return store.Credential{}, keeping{}, err
	}
	kept, err := parseKeeping(stored.Data)
	if err == nil {
		s.decoys.learn(kept.hash)
	}
	return stored, kept, err
}

func (s *Service) mustChange(kept keeping, password []byte) (bool, error) {
	if kept.change || s.breached == nil {
		return kept.change, nil
	}
	return s.breached.Has(password)
}

// usedEvery is how exactly it is kept when a password was last used: a write for
// each login would be one too many.
const usedEvery = time.Minute

// used notes that a password was used, and hashes it anew when its hash is another
// system's or of another cost than today's. That can wait for another login when the
// host is busy, and it never undoes a change of the password that came between.
func (s *Service) used(ctx context.Context, stored store.Credential, kept keeping, password []byte) error {
	now := s.now()
	renewed, err := s.renew(ctx, kept, password)
	if err != nil {
		return err
	}
	if renewed == nil && now.Sub(stored.LastUsedAt) < usedEvery {
		return nil
	}
	if renewed != nil {
		stored.Data = keeping{hash: renewed, change: kept.change}.data()
	}
	stored.LastUsedAt = now
	_, err = s.users.PutCredential(ctx, stored)
	if err != nil && !errors.Is(err, store.ErrConflict) && !errors.Is(err, store.ErrNotFound) {
		return fmt.Errorf("note the use of a password: %w", err)
	}
	return nil
}

// renew makes the hash that a password should have by now, nil when it has it. Of a
// password that the old hash covers in part the rest is not known: it stays.
func (s *Service) renew(ctx context.Context, kept keeping, password []byte) (passhash.Hash, error) {
	if passhash.Current(kept.hash, s.hasher.cost) || !kept.hash.Covers(password) {
		return nil, nil
	}
	sum, err := s.hasher.make(ctx, password)
	if errors.Is(err, ErrBusy) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("renew password hash: %w", err)
	}
	return sum, nil
}
