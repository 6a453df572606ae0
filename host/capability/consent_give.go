package capability

import (
	"context"

	"github.com/acrhost/acrhost/sdk/go/abi"
)

// ConsentGive is the capability by which a step says that the user allowed the client
// what it asks for.
const ConsentGive = "consent_give"

// consentGive notes the user's consent for this run. A step that asked nobody must not
// give it: under prompt=none nobody could be asked.
func (c *Call) consentGive(context.Context, abi.ConsentGive) (abi.Nothing, error) {
	if _, err := c.subjectID(); err != nil {
		return abi.Nothing{}, err
	}
	if !c.info.Interactive {
		return abi.Nothing{}, denied("nobody was asked")
	}
	c.consented = true
	return abi.Nothing{}, nil
}

// Consented says whether the user allowed the client what it asks for, in this call.
func (c *Call) Consented() bool { return c.consented }
