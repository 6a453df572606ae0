package otp

import (
	"fmt"
	"time"

	"github.com/acrhost/acrhost/sdk/go/step"
)

// Lifetime is how long a code is good, within what otp_send accepts. A value that
// it refuses is better found when the configuration is read than at a login.
type Lifetime step.Duration

// The bounds of sdk/ABI.md.
const (
	shortest = Lifetime(30 * time.Second)
	longest  = Lifetime(10 * time.Minute)
)

// JSONSchema is the bounds as a pattern, in seconds or in minutes.
func (Lifetime) JSONSchema() string {
	return `{"type":"string","pattern":"^(([3-9][0-9]|[1-5][0-9]{2}|600)s|([1-9]|10)m)$"}`
}

// UnmarshalJSON reads the text.
func (l *Lifetime) UnmarshalJSON(b []byte) error {
	var d step.Duration
	if err := d.UnmarshalJSON(b); err != nil {
		return err
	}
	if *l = Lifetime(d); *l < shortest || *l > longest {
		return fmt.Errorf("ttl is %s, 30s to 10m are allowed", time.Duration(d))
	}
	return nil
}
