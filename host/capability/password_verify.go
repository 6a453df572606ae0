package capability

import (
	"context"
	"errors"
	"fmt"

	"github.com/acrhost/acrhost/host/account"
	"github.com/acrhost/acrhost/host/store"
	"github.com/acrhost/acrhost/host/throttle"
	"github.com/acrhost/acrhost/sdk/go/abi"
)

// passwordVerify checks a password: the subject's, or, when the run is about
// nobody yet, that of the user with the given name, who then becomes the subject.
// An unknown user, a disabled one and a wrong password look alike to
// the guest: the same answer after the same work, and the same waits.
//
// A right password that has to be changed is worth nothing yet: it makes the user the
// subject and lets passwordSet act, but gives no evidence. A step that does not
// know of it can't let anybody pass.
func (c *Call) passwordVerify(ctx context.Context, q abi.PasswordVerify) (abi.Verified, error) {
	username, err := c.whose(q.Username)
	if err != nil {
		return abi.Verified{}, err
	}
	counted, err := c.begin(ctx, throttle.Password, username)
	if err != nil {
		return abi.Verified{}, err
	}
	verified, err := c.set.Accounts.VerifyPassword(ctx, username, q.Password)
	if errors.Is(err, account.ErrBusy) {
		// Nothing was compared: a flood must not make those wait who are in it.
		if err := counted.Undo(ctx); err != nil {
			return abi.Verified{}, fmt.Errorf("undo an attempt: %w", err)
		}
		return abi.Verified{}, limitReached("too many passwords are being checked")
	}
	if err != nil {
		return abi.Verified{}, fmt.Errorf("verify password: %w", err)
	}
	user, ok := verified.User, verified.OK
	// A name may have gone to another account since the subject was identified.
	if subject := c.current(); subject != nil && user.ID != subject.ID {
		ok = false
	}
	if err := c.settle(ctx, throttle.Password, counted, ok); err != nil {
		return abi.Verified{}, err
	}
	if !ok {
		c.audit(ctx, "password.failed", user.ID, map[string]any{})
		return abi.Verified{OK: false}, nil
	}
	c.become(user)
	if verified.Change {
		return abi.Verified{OK: true, Change: true}, c.allowSet(ctx, user.ID)
	}
	c.prove("pwd", "pwd")
	return abi.Verified{OK: true}, nil
}

// whose is the name of the user whose password is meant. Once the run is about
// somebody, it is theirs and no other's.
func (c *Call) whose(asked string) (string, error) {
	subject := c.current()
	switch {
	case subject == nil && asked == "":
		return "", badRequest("no user name, and nobody is identified")
	case subject == nil:
		return asked, nil
	case asked != "" && !sameName(asked, subject.Username):
		return "", badRequest("the run is about another user")
	}
	return subject.Username, nil
}

// sameName says whether two user names are spellings of one.
func sameName(a, b string) bool {
	first, err := store.NormalizeName(a)
	if err != nil {
		return false
	}
	second, err := store.NormalizeName(b)
	return err == nil && first == second
}
