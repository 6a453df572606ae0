package account

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"

	"github.com/acrhost/acrhost/host/store"
)

// DemoUser is an account that exists when the demo is on.
type DemoUser struct {
	Name, Password, Email, Phone string
	Claims                       map[string]any
}

// kindDemo is the kind of a credential whose data is a MAC of what the demo's
// configuration said when it was last applied. It proves nothing about a user.
const kindDemo = "demo"

// errMeanwhile: the account was made or changed since it was looked at.
var errMeanwhile = errors.New("the account changed meanwhile")

// EnsureDemo makes the demo's accounts what the configuration says. Where that
// has not changed since the last time it only reads, and computes no hash: hosts
// start fast, and a password that was changed since stays. An account of the same
// name that is not the demo's is an error: it is never taken over.
func (s *Service) EnsureDemo(ctx context.Context, users []DemoUser) error {
	for _, u := range users {
		err := s.ensure(ctx, u)
		if errors.Is(err, errMeanwhile) {
			err = s.ensure(ctx, u) // another host that starts now was faster
		}
		if err != nil {
			return fmt.Errorf("demo user %q: %w", u.Name, err)
		}
	}
	return nil
}

func (s *Service) ensure(ctx context.Context, d DemoUser) error {
	id, err := demoID(d.Name)
	if err != nil {
		return err
	}
	if _, err := acceptable(d.Password); err != nil {
		return err
	}
	mark, err := s.mark(id, d)
	if err != nil {
		return err
	}
	user, err := s.users.UserByName(ctx, d.Name)
	switch {
	case errors.Is(err, store.ErrNotFound):
		err = s.addDemo(ctx, id, d)
	case err != nil:
	case user.ID != id:
		return fmt.Errorf("%w by an account that is not the demo's; choose another name", ErrNameTaken)
	default:
		var done bool
		if done, err = s.marked(ctx, id, mark); done || err != nil {
			return err
		}
		err = s.changeDemo(ctx, user, d)
	}
	if err != nil {
		return err
	}
	// Last: when the host ends before this, it does all of it again.
	return s.putCredential(ctx, id, kindDemo, func(c *store.Credential) error {
		c.Data = mark
		return nil
	})
}

func (s *Service) addDemo(ctx context.Context, id string, d DemoUser) error {
	_, err := s.create(ctx, NewUser{
		ID: id, Name: d.Name, Password: d.Password, Email: d.Email, EmailVerified: d.Email != "",
		Phone: d.Phone, PhoneVerified: d.Phone != "", Claims: d.Claims,
	})
	if errors.Is(err, ErrNameTaken) {
		return errMeanwhile
	}
	return err
}

func (s *Service) changeDemo(ctx context.Context, user store.User, d DemoUser) error {
	user.Name, user.Claims, user.UpdatedAt = d.Name, maps.Clone(d.Claims), s.now()
	user.Email, user.EmailVerified = d.Email, d.Email != ""
	user.Phone, user.PhoneVerified = d.Phone, d.Phone != ""
	_, err := s.users.PutUser(ctx, user)
	if errors.Is(err, store.ErrConflict) {
		return errMeanwhile
	}
	if err != nil {
		return err
	}
	normal, err := acceptable(d.Password)
	if err != nil {
		return err
	}
	return s.setPassword(ctx, user.ID, normal, false)
}

// marked says whether the configuration was applied already.
func (s *Service) marked(ctx context.Context, id string, mark []byte) (bool, error) {
	stored, err := s.credential(ctx, id, kindDemo)
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	return err == nil && hmac.Equal(stored.Data, mark), err
}

// mark is keyed, so that who reads the database can't guess the password by it.
func (s *Service) mark(id string, d DemoUser) ([]byte, error) {
	if s.sealer == nil {
		return nil, errors.New("no seal key")
	}
	text, err := json.Marshal(d)
	if err != nil {
		return nil, errors.New("a claim can't be written as JSON") // the error's text could hold the password
	}
	return s.sealer.MAC(kindDemo, id, text), nil
}

// demoID tells the demo's accounts from all others, whose ids are random. It is
// the same after the demo's data were deleted.
func demoID(name string) (string, error) {
	normal, err := store.NormalizeName(name)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256([]byte(normal))
	return "demo-" + hex.EncodeToString(sum[:10]), nil
}
