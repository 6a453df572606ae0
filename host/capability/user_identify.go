package capability

import (
	"context"
	"errors"
	"fmt"

	"github.com/acrhost/acrhost/host/store"
	"github.com/acrhost/acrhost/sdk/go/abi"
)

// userIdentify makes the user with this name the subject. It proves nothing, and
// an unknown name leaves the subject as it was.
func (c *Call) userIdentify(ctx context.Context, q abi.UserIdentify) (abi.UserIdentified, error) {
	if q.Username == "" {
		return abi.UserIdentified{}, badRequest("no user name")
	}
	user, err := c.set.Accounts.Find(ctx, q.Username)
	if errors.Is(err, store.ErrNotFound) || err == nil && user.Disabled {
		return abi.UserIdentified{}, notFound("no such user")
	}
	if err != nil {
		return abi.UserIdentified{}, fmt.Errorf("find user: %w", err)
	}
	c.become(user)
	return abi.UserIdentified{Subject: *c.subject}, nil
}
