package capability

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/acrhost/acrhost/host/account"
	"github.com/acrhost/acrhost/host/store"
	"github.com/acrhost/acrhost/sdk/go/abi"
)

// setTime is how long after it was verified a password can be changed, in one run.
const setTime = time.Hour

// passwordSet gives the subject the password that they chose. The old one must have
// been verified in this very run: what a session brought along is not enough, or
// whoever finds a browser open could take over the account. To a user who has no
// password it adds one, as any other factor is added.
func (c *Call) passwordSet(ctx context.Context, q abi.PasswordSet) (abi.PasswordChosen, error) {
	id, err := c.subjectID()
	if err != nil {
		return abi.PasswordChosen{}, err
	}
	err = c.putPassword(ctx, id, q.Password)
	_, refused := errors.AsType[*refusal](err)
	switch {
	case refused:
		return abi.PasswordChosen{}, err
	case errors.Is(err, account.ErrPassword):
		return abi.PasswordChosen{Reason: passwordFault(err)}, nil
	case errors.Is(err, account.ErrBusy):
		return abi.PasswordChosen{}, limitReached("too many passwords are being checked")
	case errors.Is(err, account.ErrChangedSince):
		return abi.PasswordChosen{}, denied(err.Error())
	case err != nil:
		return abi.PasswordChosen{}, fmt.Errorf("set password: %w", err)
	}
	if err := c.signOutElsewhere(ctx, id); err != nil {
		return abi.PasswordChosen{}, err
	}
	c.set.Factors.PasswordChanged(ctx, id)
	c.prove("pwd", "pwd")
	return abi.PasswordChosen{OK: true}, c.forbidSet(ctx)
}

// signOutElsewhere ends what was begun by the old password. A run that lives on a session
// would end itself: what follows it, such as the account's page, does it instead.
func (c *Call) signOutElsewhere(ctx context.Context, userID string) error {
	if c.set.SignOut == nil || slices.ContainsFunc(c.info.Evidence, func(e abi.Evidence) bool { return !e.Fresh }) {
		return nil
	}
	return c.set.SignOut(ctx, userID, c.info.Run)
}

func (c *Call) putPassword(ctx context.Context, userID, password string) error {
	has, err := c.set.Factors.Of(ctx, userID)
	if err != nil {
		return refusedFactor(err)
	}
	if !has.Password {
		if err := c.set.Factors.MayChange(ctx, userID, c.facts()); err != nil {
			return refusedFactor(err)
		}
		return c.set.Accounts.FirstPassword(ctx, userID, password)
	}
	verified, err := c.passwordVerified(ctx, userID)
	if err != nil {
		return err
	}
	return c.set.Accounts.ChangePassword(ctx, userID, password, verified)
}

// passwordFault is why a password can't be had, in the words of the ABI.
func passwordFault(err error) abi.PasswordFault {
	for _, fault := range []struct {
		err  error
		word abi.PasswordFault
	}{
		{account.ErrTooShort, abi.PasswordTooShort}, {account.ErrTooLong, abi.PasswordTooLong},
		{account.ErrBreached, abi.PasswordBreached}, {account.ErrSame, abi.PasswordSame},
	} {
		if errors.Is(err, fault.err) {
			return fault.word
		}
	}
	return abi.PasswordCharacters
}

// passwordVerified is when the subject's password was verified in this run, or a
// refusal.
func (c *Call) passwordVerified(ctx context.Context, subject string) (time.Time, error) {
	if at, ok := c.freshEvidence(subject, "pwd"); ok {
		return at, nil
	}
	record, err := c.set.Artifacts.Get(ctx, store.OneTime, setID(c.info.Run))
	if errors.Is(err, store.ErrNotFound) {
		return time.Time{}, denied("the password was not verified in this run")
	}
	if err != nil {
		return time.Time{}, fmt.Errorf("read what was verified: %w", err)
	}
	var allowed mayChange
	if err := json.Unmarshal(record.Data, &allowed); err != nil {
		return time.Time{}, fmt.Errorf("decode what was verified: %w", err)
	}
	if allowed.Subject != subject {
		return time.Time{}, denied("another user's password was verified in this run")
	}
	return allowed.Verified, nil
}

// freshEvidence is when the subject was last verified by a method in this run.
func (c *Call) freshEvidence(subject, method string) (at time.Time, ok bool) {
	for _, e := range c.evidence { // dropped when the subject changes
		if e.Method == method {
			at, ok = e.At, true
		}
	}
	if ok || c.info.Subject == nil || c.info.Subject.ID != subject {
		return at, ok
	}
	for _, e := range c.info.Evidence {
		if e.Method == method && e.Fresh && (!ok || e.At.After(at)) {
			at, ok = e.At, true
		}
	}
	return at, ok
}

// mayChange notes that a password which has to be changed was verified. It is no
// evidence, so it is kept apart from that.
type mayChange struct {
	Subject  string    `json:"subject"`
	Verified time.Time `json:"verified"`
}

func setID(run string) string { return run + ":password_set" }

// allowSet notes that the password of a user was verified in this run.
func (c *Call) allowSet(ctx context.Context, userID string) error {
	now := c.set.Now().UTC()
	data, err := json.Marshal(mayChange{Subject: userID, Verified: now})
	if err != nil {
		return fmt.Errorf("encode what was verified: %w", err)
	}
	if err := c.forbidSet(ctx); err != nil {
		return err
	}
	_, err = c.set.Artifacts.Put(ctx, store.Record{
		Kind: store.OneTime, ID: setID(c.info.Run), Group: c.info.Run, Data: data, ExpiresAt: now.Add(setTime),
	})
	if err != nil {
		return fmt.Errorf("keep what was verified: %w", err)
	}
	return nil
}

func (c *Call) forbidSet(ctx context.Context) error {
	_, err := c.set.Artifacts.Take(ctx, store.OneTime, setID(c.info.Run))
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return fmt.Errorf("drop what was verified: %w", err)
	}
	return nil
}
