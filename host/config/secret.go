package config

import "log/slog"

// redacted is what a log or an error shows in a secret's place.
const redacted = "redacted"

// Secret is a value that no log, error or page may show. Whatever formats it
// gets the word redacted; only Reveal gives the value.
type Secret string

// Reveal is the secret itself, for the one place that needs it.
func (s Secret) Reveal() string { return string(s) }

// String is the word redacted, or nothing for an empty secret: that there is
// none may be seen.
func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return redacted
}

// GoString hides the secret from %#v too.
func (s Secret) GoString() string { return `"` + s.String() + `"` }

// LogValue hides the secret from slog.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// MarshalText hides the secret from encoders such as encoding/json.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }
