package account

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/acrhost/acrhost/host/store"
)

// Factor is something that a user proves themselves with, without what is secret in it.
type Factor struct {
	ID         string
	Kind       string // password, passkey, totp, recovery, upstream
	Name       string // the user's own, may be empty
	CreatedAt  time.Time
	LastUsedAt time.Time // zero: never
	MustChange bool      // a password that has to be changed at the next login
}

// factorKinds are the kinds of credentials that prove something.
func factorKinds() []string { return []string{kindPassword, "passkey", "totp", "recovery", "upstream"} }

// Factors are a user's factors, oldest first.
func (s *Service) Factors(ctx context.Context, userID string) ([]Factor, error) {
	all, err := s.users.Credentials(ctx, userID)
	if err != nil {
		return nil, fmt.Errorf("list the factors of user %s: %w", userID, err)
	}
	var factors []Factor
	for _, c := range all {
		if !slices.Contains(factorKinds(), c.Kind) {
			continue // it proves nothing
		}
		f := Factor{ID: c.ID, Kind: c.Kind, Name: c.Label, CreatedAt: c.CreatedAt, LastUsedAt: c.LastUsedAt}
		if c.Kind == kindPassword {
			kept, err := parseKeeping(c.Data)
			f.MustChange = err == nil && kept.change
		}
		factors = append(factors, f)
	}
	return factors, nil
}

// RemoveFactor removes one of a user's factors by the word of the operator, also the
// last one. It is store.ErrNotFound when the user does not have it.
func (s *Service) RemoveFactor(ctx context.Context, userID, id string) error {
	factors, err := s.Factors(ctx, userID)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(factors, func(f Factor) bool { return f.ID == id })
	if i < 0 {
		return fmt.Errorf("remove factor %s of user %s: %w", id, userID, store.ErrNotFound)
	}
	if err := s.users.RemoveCredential(ctx, id); err != nil {
		return fmt.Errorf("remove factor %s of user %s: %w", id, userID, err)
	}
	return s.ended(ctx, "factor.reset", userID, map[string]any{"kind": factors[i].Kind, "factor": id})
}
