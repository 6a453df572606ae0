package roster_test

import (
	"context"
	"errors"
	"sync/atomic"

	"github.com/acrhost/acrhost/host/store"
	"github.com/acrhost/acrhost/host/store/memory"
)

// failing refuses users after a few.
type failing struct {
	*memory.Store
	after int64
	count atomic.Int64
}

func (f *failing) PutUser(ctx context.Context, u store.User) (int64, error) {
	if f.count.Add(1) > f.after {
		return 0, errors.New("disk full")
	}
	return f.Store.PutUser(ctx, u)
}
