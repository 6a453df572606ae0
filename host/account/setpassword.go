package account

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/acrhost/acrhost/host/account/passhash"
	"github.com/acrhost/acrhost/host/store"
)

// ErrChangedSince means that the password was set or removed after it was verified:
// what was verified then allows nothing any more.
var ErrChangedSince = errors.New("the password was changed since it was verified")

// SetPassword replaces a user's password, or gives them a first one, by the word of
// the operator. It need not be changed then. ErrPassword says what is wrong with it,
// store.ErrNotFound that there is no such user.
func (s *Service) SetPassword(ctx context.Context, userID, password string) error {
	return s.operatorSets(ctx, userID, password, false)
}

// SetTemporaryPassword is SetPassword, and the user has to choose another one at the
// next login.
func (s *Service) SetTemporaryPassword(ctx context.Context, userID, password string) error {
	return s.operatorSets(ctx, userID, password, true)
}

func (s *Service) operatorSets(ctx context.Context, userID, password string, change bool) error {
	normal, err := s.choose(password)
	if err != nil {
		return fmt.Errorf("set password: %w", err)
	}
	if err := s.setPassword(ctx, userID, normal, change); err != nil {
		return fmt.Errorf("set password: %w", err)
	}
	return s.ended(ctx, "password.set", userID, map[string]any{"change": change})
}

// ChangePassword replaces a user's password by their own choice, after they proved
// the old one at the given time. Beside what SetPassword refuses it is ErrSame that
// the password is the old one, and ErrChangedSince.
func (s *Service) ChangePassword(ctx context.Context, userID, password string, verified time.Time) error {
	if err := s.changePassword(ctx, userID, password, verified); err != nil {
		return fmt.Errorf("change password: %w", err)
	}
	return nil
}

func (s *Service) changePassword(ctx context.Context, userID, password string, verified time.Time) error {
	normal, err := s.choose(password)
	if err != nil {
		return err
	}
	stored, old, err := s.storedPassword(ctx, userID)
	if err != nil {
		return err
	}
	if err := unchanged(stored, verified); err != nil {
		return err
	}
	same, err := s.hasher.matches(ctx, normal, old.hash)
	if err != nil {
		return err
	}
	if same {
		return ErrSame
	}
	sum, err := s.hasher.make(ctx, normal)
	if err != nil {
		return err
	}
	return s.putCredential(ctx, userID, kindPassword, func(c *store.Credential) error {
		if err := unchanged(*c, verified); err != nil {
			return err
		}
		s.replace(c, keeping{hash: sum})
		return nil
	})
}

// unchanged says whether a password is the one that was verified.
func unchanged(c store.Credential, verified time.Time) error {
	if c.Version == 0 || c.CreatedAt.After(verified) {
		return ErrChangedSince
	}
	return nil
}

// setPassword hashes a normalized password and stores it.
func (s *Service) setPassword(ctx context.Context, userID string, normal []byte, change bool) error {
	sum, err := s.hasher.make(ctx, normal)
	if err != nil {
		return err
	}
	return s.putKeeping(ctx, userID, keeping{hash: sum, change: change})
}

func (s *Service) putKeeping(ctx context.Context, userID string, k keeping) error {
	return s.putCredential(ctx, userID, kindPassword, func(c *store.Credential) error {
		s.replace(c, k)
		return nil
	})
}

// replace puts a new password into its credential: it was made now, and never used.
func (s *Service) replace(c *store.Credential, k keeping) {
	c.Data, c.CreatedAt, c.LastUsedAt = k.data(), s.now(), time.Time{}
}

// PasswordHash is the text of a user's password hash, empty without a password, and
// whether it has to be changed. It is for an export to another system.
func (s *Service) PasswordHash(ctx context.Context, userID string) (text string, change bool, err error) {
	_, kept, err := s.storedPassword(ctx, userID)
	if err != nil || kept.hash == nil {
		return "", false, err
	}
	return kept.hash.String(), kept.change, nil
}

// CheckPasswordHash says what is wrong with a hash of another system that is to be
// imported: passhash.ErrHash. It never repeats the hash.
func CheckPasswordHash(text string) error {
	_, err := passhash.Parse(text)
	return err
}

// CheckPassword says what is wrong with a password that is to be set: ErrPassword.
func (s *Service) CheckPassword(password string) error {
	_, err := s.choose(password)
	return err
}

// choose normalizes a password that somebody chose, and refuses it when it is short
// or on the list of breached ones.
func (s *Service) choose(password string) ([]byte, error) {
	normal, err := acceptable(password)
	if err != nil || s.breached == nil {
		return normal, err
	}
	switch found, err := s.breached.Has(normal); {
	case err != nil:
		return nil, err
	case found:
		return nil, ErrBreached
	}
	return normal, nil
}
