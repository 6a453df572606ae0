package account

import (
	"context"
	"fmt"

	"github.com/acrhost/acrhost/host/store"
)

// FirstPassword gives a password to a user who has none: ErrChangedSince when they
// have one. It is refused as in SetPassword.
func (s *Service) FirstPassword(ctx context.Context, userID, password string) error {
	normal, err := s.choose(password)
	if err != nil {
		return fmt.Errorf("add password: %w", err)
	}
	sum, err := s.hasher.make(ctx, normal)
	if err != nil {
		return fmt.Errorf("add password: %w", err)
	}
	err = s.putCredential(ctx, userID, kindPassword, func(c *store.Credential) error {
		if c.Version != 0 {
			return ErrChangedSince
		}
		s.replace(c, keeping{hash: sum})
		return nil
	})
	if err != nil {
		return fmt.Errorf("add password: %w", err)
	}
	return nil
}
