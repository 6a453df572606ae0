package capability

import (
	"context"
	"errors"
	"fmt"

	"github.com/acrhost/acrhost/host/store"
	"github.com/acrhost/acrhost/host/throttle"
	"github.com/acrhost/acrhost/sdk/go/abi"
)

// userIdentify makes the user with this name the subject. It proves nothing, and
// an unknown name leaves the subject as it was. The answer tells who is known, so that
// unknown names are counted, by address and by run: lists of names can't be tried out.
func (c *Call) userIdentify(ctx context.Context, q abi.UserIdentify) (abi.UserIdentified, error) {
	if q.Username == "" {
		return abi.UserIdentified{}, badRequest("no user name")
	}
	user, err := c.set.Accounts.Find(ctx, q.Username)
	unknown := errors.Is(err, store.ErrNotFound) || err == nil && user.Disabled
	if err != nil && !unknown {
		return abi.UserIdentified{}, fmt.Errorf("find user: %w", err)
	}
	// Nothing of what was found is told before this.
	if err := c.judge(ctx, throttle.Identify, q.Username, !unknown); err != nil {
		return abi.UserIdentified{}, err
	}
	if unknown {
		return abi.UserIdentified{}, notFound("no such user")
	}
	c.become(user)
	return abi.UserIdentified{Subject: *c.subject}, nil
}
