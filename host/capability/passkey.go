package capability

import (
	"context"

	"github.com/acrhost/acrhost/sdk/go/abi"
)

// passkeyLoginOptions begins an authentication of the subject, or of whoever has a
// passkey when nobody is identified. The options go to the page, not to the guest.
func (c *Call) passkeyLoginOptions(ctx context.Context, q abi.PasskeyOptions) (abi.Nothing, error) {
	return abi.Nothing{}, refusedFactor(c.set.Factors.BeginPasskeyLogin(ctx, c.info.Run, c.whoever(), q.UserVerification))
}

// passkeyLogin checks what the browser answered. Whose passkey it is was decided when
// the ceremony began: a guest that identified somebody else since gets a no.
func (c *Call) passkeyLogin(ctx context.Context, q abi.PasskeyResponse) (abi.Verified, error) {
	proof, err := c.set.Factors.FinishPasskeyLogin(ctx, c.info.Run, c.whoever(), q.Response)
	ok, err := c.proved(ctx, "passkey", proof, err)
	return abi.Verified{OK: ok}, err
}

// passkeyRegisterOptions begins to add a passkey to the subject.
func (c *Call) passkeyRegisterOptions(ctx context.Context, q abi.PasskeyOptions) (abi.Nothing, error) {
	id, err := c.subjectID()
	if err != nil {
		return abi.Nothing{}, err
	}
	return abi.Nothing{}, refusedFactor(c.set.Factors.BeginPasskeyRegistration(ctx, c.info.Run, id, q.UserVerification, c.facts()))
}

// passkeyRegister keeps the new passkey, which the user has just used.
func (c *Call) passkeyRegister(ctx context.Context, q abi.PasskeyResponse) (abi.Verified, error) {
	id, err := c.subjectID()
	if err != nil {
		return abi.Verified{}, err
	}
	proof, err := c.set.Factors.FinishPasskeyRegistration(ctx, c.info.Run, id, q.Response, q.Name, c.facts())
	ok, err := c.proved(ctx, "passkey", proof, err)
	return abi.Verified{OK: ok}, err
}

// whoever is the subject's id, or empty.
func (c *Call) whoever() string {
	if subject := c.current(); subject != nil {
		return subject.ID
	}
	return ""
}
