package account_test

import (
	"context"
	"sync/atomic"

	"github.com/acrhost/acrhost/host/store"
)

// countingUsers counts what is read and written.
type countingUsers struct {
	store.Users
	reads, writes atomic.Int64
	refuse        func(store.Credential) error // fails a write; nil: none
}

func (u *countingUsers) UserByName(ctx context.Context, name string) (store.User, error) {
	u.reads.Add(1)
	return u.Users.UserByName(ctx, name)
}

func (u *countingUsers) Credentials(ctx context.Context, userID string) ([]store.Credential, error) {
	u.reads.Add(1)
	return u.Users.Credentials(ctx, userID)
}

func (u *countingUsers) PutUser(ctx context.Context, user store.User) (int64, error) {
	u.writes.Add(1)
	return u.Users.PutUser(ctx, user)
}

func (u *countingUsers) PutCredential(ctx context.Context, c store.Credential) (int64, error) {
	u.writes.Add(1)
	if u.refuse != nil {
		if err := u.refuse(c); err != nil {
			return 0, err
		}
	}
	return u.Users.PutCredential(ctx, c)
}
