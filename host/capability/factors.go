package capability

import (
	"context"
	"errors"

	"github.com/acrhost/acrhost/host/acr"
	"github.com/acrhost/acrhost/host/factor"
	"github.com/acrhost/acrhost/host/throttle"
	"github.com/acrhost/acrhost/sdk/go/abi"
)

// userFactors says what the subject can prove themselves with, so that a step can
// tell unavailable from failed.
func (c *Call) userFactors(ctx context.Context, _ abi.Nothing) (abi.UserFactors, error) {
	id, err := c.subjectID()
	if err != nil {
		return abi.UserFactors{}, err
	}
	has, err := c.set.Factors.Of(ctx, id)
	return has, refusedFactor(err)
}

// subjectID is whom the run is about.
func (c *Call) subjectID() (string, error) {
	subject := c.current()
	if subject == nil {
		return "", badRequest("nobody is identified")
	}
	return subject.ID, nil
}

// facts is the evidence of the run and of this call, as rules take it. All of it
// comes from the host.
func (c *Call) facts() []acr.Evidence {
	var all []acr.Evidence
	if c.subject == nil || c.info.Subject != nil && c.info.Subject.ID == c.subject.ID {
		for _, e := range c.info.Evidence {
			all = append(all, acr.Evidence{AMR: e.AMR, At: e.At})
		}
	}
	for _, e := range c.evidence {
		all = append(all, acr.Evidence{AMR: e.AMR, At: e.At})
	}
	return all
}

// refusedFactor is an error of package factor as a capability's answer. What does
// not prove anything is handled by proved; here it breaks the capability's order.
func refusedFactor(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, factor.ErrNone):
		return notFound(err.Error())
	case errors.Is(err, factor.ErrWeak):
		return denied(err.Error())
	case errors.Is(err, factor.ErrTooMany):
		return limitReached(err.Error())
	case errors.Is(err, factor.ErrRefused), errors.Is(err, factor.ErrAddress):
		return badRequest(err.Error())
	}
	return err
}

// auditFailure keeps that a factor was refused. Nobody is kept from trying a passkey,
// which can't be guessed; but only some failures of one place and run are events, or
// garbage would fill the disk.
func (c *Call) auditFailure(ctx context.Context, method, userID string) error {
	_, err := c.begin(ctx, throttle.Event, "")
	if _, tooMany := errors.AsType[*refusal](err); tooMany {
		return nil
	}
	c.audit(ctx, method+".failed", userID, map[string]any{})
	return err
}

// settled is proved for a code that was counted as an attempt. Who has no factor of
// the kind fails as who types a wrong code does, as far as counting goes.
func (c *Call) settled(ctx context.Context, settle func(context.Context, bool) error, method string, proof factor.Proof, err error) (bool, error) {
	ok, err := c.proved(ctx, method, proof, err)
	return ok, errors.Join(err, settle(ctx, ok))
}

// proved is how a check of a factor ended: evidence, or an answer that says no and
// nothing else, or an error.
func (c *Call) proved(ctx context.Context, method string, proof factor.Proof, err error) (bool, error) {
	if errors.Is(err, factor.ErrRefused) {
		c.set.Log.DebugContext(ctx, "factor refused", "method", method, "run", c.info.Run, "step", c.info.Step, "reason", err)
		user := ""
		if subject := c.current(); subject != nil {
			user = subject.ID
		}
		return false, c.auditFailure(ctx, method, user)
	}
	if err != nil {
		return false, refusedFactor(err)
	}
	c.become(proof.User)
	c.prove(method, proof.AMR...)
	return true, nil
}
