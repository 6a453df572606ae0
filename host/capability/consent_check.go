package capability

import (
	"context"

	"github.com/acrhost/acrhost/sdk/go/abi"
)

// consentCheck says whether the subject need not be asked.
func (c *Call) consentCheck(ctx context.Context, _ abi.ConsentCheck) (abi.Verified, error) {
	user, err := c.subjectID()
	if err != nil {
		return abi.Verified{}, err
	}
	if c.info.AsksAnew || c.set.Consents == nil {
		return abi.Verified{}, nil
	}
	given, err := c.set.Consents(ctx, user, c.info.Client, c.info.Asked)
	return abi.Verified{OK: given}, err
}
