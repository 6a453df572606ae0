package capability

import (
	"context"

	"github.com/acrhost/acrhost/host/throttle"
	"github.com/acrhost/acrhost/sdk/go/abi"
)

// recoveryVerify spends one of the subject's recovery codes.
func (c *Call) recoveryVerify(ctx context.Context, q abi.CodeCheck) (abi.RecoveryVerified, error) {
	id, err := c.subjectID()
	if err != nil {
		return abi.RecoveryVerified{}, err
	}
	settle, err := c.attempt(ctx, throttle.Code, c.current().Username)
	if err != nil {
		return abi.RecoveryVerified{}, err
	}
	proof, left, err := c.set.Factors.SpendRecovery(ctx, id, q.Code)
	ok, err := c.settled(ctx, settle, "recovery", proof, err)
	if !ok {
		left = 0 // who guesses learns nothing
	}
	return abi.RecoveryVerified{OK: ok, Left: left}, err
}

// recoveryGenerate makes new codes for the subject. They go to the page, not to the
// guest.
func (c *Call) recoveryGenerate(ctx context.Context, _ abi.Nothing) (abi.Nothing, error) {
	id, err := c.subjectID()
	if err != nil {
		return abi.Nothing{}, err
	}
	return abi.Nothing{}, refusedFactor(c.set.Factors.BeginRecovery(ctx, c.info.Run, id, c.facts()))
}

// recoveryConfirm makes the new codes count.
func (c *Call) recoveryConfirm(ctx context.Context, _ abi.Nothing) (abi.Nothing, error) {
	id, err := c.subjectID()
	if err != nil {
		return abi.Nothing{}, err
	}
	return abi.Nothing{}, refusedFactor(c.set.Factors.FinishRecovery(ctx, c.info.Run, id, c.facts()))
}
