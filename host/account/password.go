package account

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/acrhost/acrhost/host/store"
)

// kindPassword is the kind of a credential whose data is a PHC string.
const kindPassword = "password"

// SetPassword replaces a user's password, or gives them a first one. ErrPassword
// says what is wrong with it, store.ErrNotFound that there is no such user.
func (s *Service) SetPassword(ctx context.Context, userID, password string) error {
	sum, err := s.newHash(ctx, password)
	if err != nil {
		return fmt.Errorf("set password: %w", err)
	}
	if err := s.putHash(ctx, userID, sum); err != nil {
		return fmt.Errorf("set password: %w", err)
	}
	return nil
}

// VerifyPassword says whether the password is that of the user with this name.
// A wrong one is no error. The user comes back also when the answer is no, for
// the audit log; for an unknown name it is the zero User.
//
// Whether the user is unknown, disabled or has no password: the same reads and
// one hash are done, and the answer is the same.
func (s *Service) VerifyPassword(ctx context.Context, username, password string) (store.User, bool, error) {
	user, err := s.users.UserByName(ctx, username)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return store.User{}, false, fmt.Errorf("verify password: %w", err)
	}
	known := err == nil
	stored, sum, err := s.storedHash(ctx, user.ID)
	if err != nil {
		return store.User{}, false, fmt.Errorf("verify password of user %s: %w", user.ID, err)
	}
	normal, bad := normalize(password)
	matches, err := s.hasher.matches(ctx, normal, sum)
	if err != nil {
		return store.User{}, false, fmt.Errorf("verify password: %w", err)
	}
	ok := known && !user.Disabled && stored.Version > 0 && bad == nil && matches
	if ok {
		err = s.renew(ctx, stored, sum, normal)
	}
	return user, ok && err == nil, err
}

// storedHash is a user's password, or one that nothing matches and no credential.
func (s *Service) storedHash(ctx context.Context, userID string) (store.Credential, hash, error) {
	stored, err := s.credential(ctx, userID, kindPassword)
	if errors.Is(err, store.ErrNotFound) {
		return store.Credential{}, s.nobody, nil
	}
	if err != nil {
		return store.Credential{}, hash{}, err
	}
	sum, err := parseHash(string(stored.Data))
	return stored, sum, err
}

// renew hashes a password anew that was hashed at another cost than today's. It
// can wait for another login when the host is busy, and it never undoes a change
// of the password that came between.
func (s *Service) renew(ctx context.Context, stored store.Credential, old hash, password []byte) error {
	if old.cost == s.hasher.cost && old.threads == threads {
		return nil
	}
	sum, err := s.hasher.make(ctx, password)
	if errors.Is(err, ErrBusy) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("renew password hash: %w", err)
	}
	stored.Data = []byte(sum.String())
	_, err = s.users.PutCredential(ctx, stored)
	if err != nil && !errors.Is(err, store.ErrConflict) && !errors.Is(err, store.ErrNotFound) {
		return fmt.Errorf("renew password hash: %w", err)
	}
	return nil
}

func (s *Service) newHash(ctx context.Context, password string) (hash, error) {
	normal, err := acceptable(password)
	if err != nil {
		return hash{}, err
	}
	return s.hasher.make(ctx, normal)
}

func (s *Service) putHash(ctx context.Context, userID string, sum hash) error {
	return s.putCredential(ctx, userID, kindPassword, []byte(sum.String()))
}

// credential is the only credential of its kind that a user has.
func (s *Service) credential(ctx context.Context, userID, kind string) (store.Credential, error) {
	all, err := s.users.Credentials(ctx, userID)
	if err != nil {
		return store.Credential{}, err
	}
	i := slices.IndexFunc(all, func(c store.Credential) bool { return c.Kind == kind })
	if i < 0 {
		return store.Credential{}, store.ErrNotFound
	}
	return all[i], nil
}

// putCredential replaces the only credential of its kind, or adds it. Of two that
// do so at once the later one wins.
func (s *Service) putCredential(ctx context.Context, userID, kind string, data []byte) error {
	const attempts = 10
	var err error
	for range attempts {
		var c store.Credential
		c, err = s.credential(ctx, userID, kind)
		if errors.Is(err, store.ErrNotFound) {
			// The id is made of the user and the kind: there can be no second one.
			c = store.Credential{ID: kind + ":" + userID, UserID: userID, Kind: kind, CreatedAt: s.now()}
		} else if err != nil {
			return err
		}
		c.Data = data
		if _, err = s.users.PutCredential(ctx, c); !errors.Is(err, store.ErrConflict) {
			return err
		}
	}
	return err
}
