package host

import (
	"context"

	"github.com/acrhost/acrhost/host/store"
	"github.com/acrhost/acrhost/sdk/go/abi"
)

// subjects finds users as steps see them. It satisfies login.Users.
type subjects struct {
	users  store.Users
	claims func(store.User) map[string]any
}

// Subject is the user with this id; store.ErrNotFound also for one who may not
// sign in.
func (s subjects) Subject(ctx context.Context, id string) (*abi.Subject, error) {
	u, err := s.users.User(ctx, id)
	if err != nil {
		return nil, err
	}
	if u.Disabled {
		return nil, store.ErrNotFound
	}
	return &abi.Subject{ID: u.ID, Username: u.Name, Claims: s.claims(u)}, nil
}
