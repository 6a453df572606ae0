package token

import (
	"encoding/json"
	"errors"
	"slices"
)

// Audience is for whom a token is (RFC 7519 4.1.3). On the wire one name is a string and
// several are a list.
type Audience []string

// Has says whether a token is for somebody.
func (a Audience) Has(name string) bool { return slices.Contains(a, name) }

// MarshalJSON writes the shorter of both forms.
func (a Audience) MarshalJSON() ([]byte, error) {
	if len(a) == 1 {
		return json.Marshal(a[0])
	}
	return json.Marshal([]string(a))
}

// UnmarshalJSON reads both forms.
func (a *Audience) UnmarshalJSON(text []byte) error {
	var one string
	if err := json.Unmarshal(text, &one); err == nil {
		*a = Audience{one}
		return nil
	}
	var all []string
	if err := json.Unmarshal(text, &all); err != nil {
		return errors.New("aud is neither a string nor a list of strings")
	}
	*a = all
	return nil
}
