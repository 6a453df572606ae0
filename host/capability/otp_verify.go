package capability

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/acrhost/acrhost/host/capability/deliver"
	"github.com/acrhost/acrhost/host/store"
	"github.com/acrhost/acrhost/host/throttle"
	"github.com/acrhost/acrhost/sdk/go/abi"
)

// otpVerify checks a code that the user typed. No code, an old one, one that had
// its tries, another user's and a wrong one get the same answer.
func (c *Call) otpVerify(ctx context.Context, q abi.OTPVerify) (abi.Verified, error) {
	if q.Channel != deliver.SMS && q.Channel != deliver.Email {
		return abi.Verified{}, badRequest("the channel is neither sms nor email")
	}
	subject := c.current()
	if subject == nil {
		return abi.Verified{}, badRequest("nobody is identified")
	}
	settle, err := c.attempt(ctx, throttle.Code, subject.Username)
	if err != nil {
		return abi.Verified{}, err
	}
	ok, err := c.spendCode(ctx, otpID(c.info.Run, q.Channel), subject.ID, typedCode(q.Code))
	if err != nil {
		return abi.Verified{}, err
	}
	if err := settle(ctx, ok); err != nil {
		return abi.Verified{}, err
	}
	if !ok {
		c.audit(ctx, "otp.failed", subject.ID, map[string]any{"channel": q.Channel})
		return abi.Verified{OK: false}, nil
	}
	// The message was wanted: who signs in often from one place waits later.
	if err := c.set.Throttle.GiveBack(ctx, c.tried(throttle.Send, subject.Username)); err != nil {
		return abi.Verified{}, fmt.Errorf("give back a send: %w", err)
	}
	c.set.Factors.Used(ctx, subject.ID, q.Channel)
	if q.Channel == deliver.SMS {
		c.prove("sms", "sms")
	} else {
		c.prove("email", "otp") // RFC 8176 has no value for e-mail
	}
	return abi.Verified{OK: true}, nil
}

// typedCode is the code without the gaps that people put into it.
func typedCode(s string) string {
	return strings.NewReplacer(" ", "", "-", "").Replace(s)
}

// spendCode compares a code with the one that is out, and takes it when it is
// right: of any number of callers one gets true.
func (c *Call) spendCode(ctx context.Context, id, subject, code string) (bool, error) {
	sent, err := c.countTry(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	if err != nil || !c.set.matches(sent, code, id, subject) {
		return false, err
	}
	record, err := c.set.Artifacts.Take(ctx, store.OneTime, id)
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("take one-time code: %w", err)
	}
	taken, err := otpOf(record)
	// A new code may have come in between; then the old one is worth nothing.
	return err == nil && bytes.Equal(taken.Salt, sent.Salt), err
}

// countTry uses up one try and gives the code that it is for, or ErrNotFound when
// there is none or its tries are used up. The try is stored before anything is
// compared, each at its own version: guesses at the same moment are not free.
func (c *Call) countTry(ctx context.Context, id string) (otp, error) {
	// Each conflict is somebody else's try, so there are no more rounds than tries.
	for range maxTries + 1 {
		record, err := c.set.Artifacts.Get(ctx, store.OneTime, id)
		if err != nil {
			return otp{}, fmt.Errorf("read one-time code: %w", err)
		}
		sent, err := otpOf(record)
		if err != nil {
			return otp{}, err
		}
		if sent.Tries >= maxTries || !c.set.Now().Before(sent.Expires) {
			return otp{}, store.ErrNotFound
		}
		sent.Tries++
		next, err := otpRecord(id, c.info.Run, record.Version, sent)
		if err != nil {
			return otp{}, err
		}
		_, err = c.set.Artifacts.Put(ctx, next)
		if err == nil {
			return sent, nil
		}
		if !errors.Is(err, store.ErrConflict) {
			return otp{}, fmt.Errorf("count a try: %w", err)
		}
	}
	return otp{}, store.ErrNotFound
}
