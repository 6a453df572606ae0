package step

import (
	"slices"
	"time"

	"github.com/acrhost/acrhost/sdk/go/abi"
)

// Covered says whether the evidence covers all of these amr values (RFC 8176). No
// values cover nothing: an empty list is more often a mistake than a wish to let
// everybody pass.
func (c *Context) Covered(values ...string) bool {
	for _, v := range values {
		if !slices.Contains(c.AMR, v) {
			return false
		}
	}
	return len(values) > 0
}

// Proved says whether the subject was verified by a method, such as pwd, no longer
// ago than within; 0 is no limit. Evidence that the host holds back, for prompt=login
// or max_age, is not in the input and does not count.
func (c *Context) Proved(method string, within Duration) bool {
	return c.Subject != nil && slices.ContainsFunc(c.Evidence, func(e abi.Evidence) bool {
		return e.Method == method && (within == 0 || c.Call.Now.Sub(e.At) <= time.Duration(within))
	})
}
