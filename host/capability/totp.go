package capability

import (
	"context"
	"errors"

	"github.com/acrhost/acrhost/host/factor"
	"github.com/acrhost/acrhost/host/throttle"
	"github.com/acrhost/acrhost/sdk/go/abi"
)

// totpVerify checks a code of the subject's authenticator app.
func (c *Call) totpVerify(ctx context.Context, q abi.CodeCheck) (abi.Verified, error) {
	id, err := c.subjectID()
	if err != nil {
		return abi.Verified{}, err
	}
	settle, err := c.attempt(ctx, throttle.Code, c.current().Username)
	if err != nil {
		return abi.Verified{}, err
	}
	proof, err := c.set.Factors.VerifyTOTP(ctx, id, q.Code)
	ok, err := c.settled(ctx, settle, "totp", proof, err)
	return abi.Verified{OK: ok}, err
}

// totpEnroll makes a secret for another app of the subject. It goes to the page, not
// to the guest.
func (c *Call) totpEnroll(ctx context.Context, _ abi.Nothing) (abi.Nothing, error) {
	id, err := c.subjectID()
	if err != nil {
		return abi.Nothing{}, err
	}
	return abi.Nothing{}, refusedFactor(c.set.Factors.BeginTOTP(ctx, c.info.Run, id, c.facts()))
}

// totpConfirm keeps the new app once it has shown a code. Wrong codes are counted: a
// guest that guesses would have evidence of an app that nobody has.
func (c *Call) totpConfirm(ctx context.Context, q abi.CodeCheck) (abi.Verified, error) {
	id, err := c.subjectID()
	if err != nil {
		return abi.Verified{}, err
	}
	settle, err := c.attempt(ctx, throttle.Code, c.current().Username)
	if err != nil {
		return abi.Verified{}, err
	}
	proof, err := c.set.Factors.FinishTOTP(ctx, c.info.Run, id, q.Code, q.Name, c.facts())
	if errors.Is(err, factor.ErrNotBegun) {
		return abi.Verified{}, badRequest(err.Error()) // no code will do: the step must begin anew
	}
	ok, err := c.settled(ctx, settle, "totp", proof, err)
	return abi.Verified{OK: ok}, err
}
