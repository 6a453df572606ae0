package page

import (
	"strings"
)

// Filled is what the host puts into a field that a step may only ask for: the step
// never sees it.
type Filled struct {
	Options string   // passkey_get, passkey_create: JSON for navigator.credentials
	Secret  string   // totp_create: the key, to type in
	URI     string   // totp_create: the same as an address, for the QR code
	Codes   []string // recovery_codes
}

// empty says that there is nothing to show: it was never begun, or is too old.
func (f Filled) empty() bool { return f.Options == "" && f.URI == "" && len(f.Codes) == 0 }

// Spaced is the key in groups of four, which can be read off a screen.
func (f Filled) Spaced() string {
	var groups []string
	for rest := f.Secret; rest != ""; {
		n := min(4, len(rest))
		groups = append(groups, rest[:n])
		rest = rest[n:]
	}
	return strings.Join(groups, " ")
}
