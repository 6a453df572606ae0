package account

import (
	"context"
	"errors"
	"slices"

	"github.com/acrhost/acrhost/host/store"
)

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

// putCredential changes the only credential of its kind, or adds it: change gets one
// of version 0 then. Of two that do so at once the later one wins, unless change
// refuses what it finds.
func (s *Service) putCredential(ctx context.Context, userID, kind string, change func(*store.Credential) error) error {
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
		if err = change(&c); err != nil {
			return err
		}
		if _, err = s.users.PutCredential(ctx, c); !errors.Is(err, store.ErrConflict) {
			return err
		}
	}
	return err
}
