package factor

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/acrhost/acrhost/host/acr"
	"github.com/acrhost/acrhost/host/store"
)

// Remove removes one of a user's credentials: ErrNone when it is none of theirs,
// ErrLast when they could not sign in without it.
func (s *Service) Remove(ctx context.Context, userID, credentialID string, evidence []acr.Evidence) error {
	end, err := s.removing(ctx, userID)
	if err != nil {
		return err
	}
	defer end()
	user, c, all, err := s.own(ctx, userID, credentialID, evidence)
	if err != nil {
		return err
	}
	if s.isLast(user, c.ID, all) {
		return ErrLast
	}
	if err := s.Users.RemoveCredential(ctx, c.ID); err != nil && !errors.Is(err, store.ErrNotFound) {
		return fmt.Errorf("remove %s: %w", c.Kind, err)
	}
	s.changed(ctx, user, Change{Event: "factor.removed", Kind: c.Kind, Name: c.Label})
	return nil
}

// removalTime is how long a host that died keeps others from removing a user's factors.
const removalTime = 10 * time.Second

// removing keeps other removals of the user's away until end is called, on every host:
// two at once could each leave what the other takes.
func (s *Service) removing(ctx context.Context, userID string) (end func(), err error) {
	id := ceremonyID(userID, "remove")
	_, err = s.Artifacts.Put(ctx, store.Record{Kind: store.Ceremony, ID: id, ExpiresAt: s.Now().Add(removalTime)})
	if errors.Is(err, store.ErrConflict) {
		return nil, fmt.Errorf("%w: another factor of the user's is being removed", ErrRefused)
	}
	if err != nil {
		return nil, fmt.Errorf("begin to remove a factor: %w", err)
	}
	return func() {
		if _, err := s.Artifacts.Take(context.WithoutCancel(ctx), store.Ceremony, id); err != nil && !errors.Is(err, store.ErrNotFound) {
			s.Log.ErrorContext(ctx, "the user can remove no factor for a while", "user", userID, "error", err)
		}
	}, nil
}

// isLast says whether an item, by its id, is one that the user can't do without: the
// last by which they sign in, or the last beside the password. Without that they could
// change nothing any more, and would be refused where two factors are asked for.
// Recovery codes are for one time: they are not what one can rely on.
func (s *Service) isLast(user store.User, id string, all []store.Credential) bool {
	others := slices.DeleteFunc(slices.Clone(all), func(c store.Credential) bool { return c.ID == id })
	if len(others) < len(all) && slices.ContainsFunc(all, s.signsIn) && !slices.ContainsFunc(others, s.signsIn) {
		return true
	}
	lasting := slices.DeleteFunc(s.seconds(user, all), func(id string) bool { return strings.HasPrefix(id, Recovery+":") })
	return len(lasting) == 1 && lasting[0] == id
}

// signsIn says whether somebody can sign in who has this credential and no other.
func (s *Service) signsIn(c store.Credential) bool {
	return c.Kind == Password || c.Kind == Passkey && s.passkeys != nil
}

// Rename gives one of a user's credentials another name.
func (s *Service) Rename(ctx context.Context, userID, credentialID, name string, evidence []acr.Evidence) error {
	user, c, _, err := s.own(ctx, userID, credentialID, evidence)
	if err != nil {
		return err
	}
	if c.Label = named(name, c.Label); c.Kind == Password {
		return ErrNone // a password's label is not the user's
	}
	if _, err := s.Users.PutCredential(ctx, c); err != nil {
		return fmt.Errorf("rename %s: %w", c.Kind, err)
	}
	s.audit(ctx, user, "factor.renamed", map[string]any{"kind": c.Kind, "name": c.Label})
	return nil
}

// own finds a credential that a user may change with this evidence.
func (s *Service) own(ctx context.Context, userID, credentialID string, evidence []acr.Evidence) (store.User, store.Credential, []store.Credential, error) {
	user, err := s.user(ctx, userID)
	if err != nil {
		return store.User{}, store.Credential{}, nil, err
	}
	if err := s.MayChange(ctx, userID, evidence); err != nil {
		return store.User{}, store.Credential{}, nil, err
	}
	all, err := s.Users.Credentials(ctx, userID)
	if err != nil {
		return store.User{}, store.Credential{}, nil, fmt.Errorf("read credentials: %w", err)
	}
	i := slices.IndexFunc(all, func(c store.Credential) bool { return c.ID == credentialID && isFactor(c.Kind) })
	if i < 0 {
		return store.User{}, store.Credential{}, nil, ErrNone
	}
	return user, all[i], all, nil
}

// isFactor tells what users prove themselves with from what else is kept beside it.
func isFactor(kind string) bool {
	return slices.Contains([]string{Password, Passkey, TOTP, Recovery}, kind)
}
